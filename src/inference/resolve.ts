import { requireFingerprint } from '#domain/embedding.ts';
import { AppError } from '#domain/errors.ts';
import { type FeatureView, specHashOf } from '#domain/feature-view.ts';
import { hashOf } from '#domain/hash.ts';
import { type ModelVersion, modelHashOf } from '#domain/model.ts';
import { isPairingId, type Pairing, verifyPairing } from '#domain/pairing.ts';
import { type PromptVersion, promptHashOf } from '#domain/prompt.ts';
import type { Embedder } from '#ports/embedder.ts';
import type { ServingDependencies } from './dependencies.ts';

/** Everything that a target names, each part checked against the pairing's manifest. */
export type Serving = {
  /** `null` when the pairing was asked for by its id. */
  readonly channel: string | null;
  readonly pairing: Pairing;
  readonly view: FeatureView;
  readonly prompt: PromptVersion;
  readonly model: ModelVersion;
  readonly embedder: Embedder;
};

/**
 * A channel's name or a pairing's id to the parts it pins. Read once, at a request's entry, so that
 * a channel that moves meanwhile changes nothing. Rejects with `unknown_channel`, `not_found`,
 * `history_broken` when a stored part is not the one that was pinned, and
 * `embedding_space_mismatch` when the vectors would not be those of the view.
 */
export async function resolveServing(
  deps: ServingDependencies,
  target: string,
  signal: AbortSignal,
): Promise<Serving> {
  const channel = isPairingId(target) ? null : target;
  const pairing = await deps.pairings.get(
    channel === null ? target : (await deps.channels.get(channel)).pairingId,
  );
  verifyPairing(pairing);
  const { manifest } = pairing;
  const [view, prompt, model] = await Promise.all([
    deps.views.get(manifest.view),
    deps.prompts.get(manifest.prompt.id),
    deps.models.get(manifest.model.id),
  ]);
  requirePinned(pairing.id, view.id, specHashOf(view.spec), manifest.viewSpecHash);
  requirePinned(pairing.id, prompt.id, promptHashOf(prompt), manifest.prompt.hash);
  requirePinned(pairing.id, model.id, modelHashOf(model), manifest.model.hash);
  requireFingerprint(view.fingerprint, manifest.embedderFingerprint, `pairing ${pairing.id}`);
  if (model.kind !== 'chat') {
    throw new AppError(
      'invalid_input',
      `pairing ${pairing.id} names ${model.id}, a ${model.kind}; make a pairing with a chat model.`,
    );
  }
  if (hashOf(view.spec.sparse) !== hashOf(deps.sparse.spec)) {
    throw new AppError(
      'embedding_space_mismatch',
      `view ${view.id} was built with sparse encoder ${short(view.spec.sparse)}, but this build ` +
        `has ${short(deps.sparse.spec)}. Build the next view version and promote a pairing on it.`,
    );
  }
  return { channel, pairing, view, prompt, model, embedder: await deps.embedders.of(view, signal) };
}

const short = (spec: FeatureView['spec']['sparse']): string => hashOf(spec).slice(0, 12);

function requirePinned(pairingId: string, part: string, actual: string, pinned: string): void {
  if (actual === pinned) return;
  throw new AppError(
    'history_broken',
    `pairing ${pairingId} pins ${part} as ${pinned.slice(0, 12)}, but it is ` +
      `${actual.slice(0, 12)}: its row was changed. Restore the registry from a backup.`,
  );
}

/**
 * The epoch that a question reads: the one asked for, or the newest. Rejects with `not_found` when
 * it is not published.
 */
export function resolveEpoch(view: FeatureView, asked: number | null): number {
  const newest = view.publishedEpoch;
  if (newest < 1) {
    throw new AppError(
      'not_found',
      `view ${view.id} has no published epoch yet. Crawl a source, then ask again.`,
      { param: 'epoch' },
    );
  }
  const epoch = asked ?? newest;
  if (Number.isInteger(epoch) && epoch >= 1 && epoch <= newest) return epoch;
  throw new AppError(
    'not_found',
    `view ${view.id} has no published epoch ${epoch}; it has 1 to ${newest}.`,
    { param: 'epoch' },
  );
}
