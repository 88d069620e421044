import { requireFingerprint } from '#domain/embedding.ts';
import { AppError, toAppError } from '#domain/errors.ts';
import { type FeatureView, specHashOf } from '#domain/feature-view.ts';
import { type ModelVersion, modelHashOf } from '#domain/model.ts';
import { isPairingId, type Pairing, unknownSettingOf, verifyPairing } from '#domain/pairing.ts';
import { type PromptVersion, promptHashOf } from '#domain/prompt.ts';
import type { Embedder, SparseEncoder } from '#ports/embedder.ts';
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
  readonly sparse: SparseEncoder;
};

/**
 * A channel's name or a pairing's id to the parts it pins. Read once, at a request's entry, so that
 * a channel that moves meanwhile changes nothing. Rejects with `unknown_channel`, `not_found`,
 * `history_broken` when a stored part is not the one that was pinned, `database_newer` when the
 * pairing has a setting of a later version, and `embedding_space_mismatch` when the vectors would
 * not be those of the view.
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
  requireKnown(pairing);
  const { manifest } = pairing;
  const [view, prompt, model] = await Promise.all([
    deps.views.get(manifest.view),
    deps.prompts.get(manifest.prompt.id),
    deps.models.get(manifest.model.id),
  ]);
  requireStanding(pairing.id, view);
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
  const sparse = sparseEncoderOf(deps, view);
  const embedder = await deps.embedders.of(view, signal);
  return { channel, pairing, view, prompt, model, embedder, sparse };
}

/** Rejects with `embedding_space_mismatch` when this build has not the view's encoder. */
function sparseEncoderOf({ sparseOf }: ServingDependencies, view: FeatureView): SparseEncoder {
  try {
    return sparseOf(view.spec.sparse);
  } catch (cause) {
    throw new AppError(
      'embedding_space_mismatch',
      `view ${view.id} was built with a sparse encoder that this build does not have: ` +
        `${toAppError(cause).message} Build the next view version and promote a pairing on it.`,
      { cause },
    );
  }
}

/** To leave a setting out would give other answers under the same id. */
function requireKnown({ id, manifest }: Pairing): void {
  const unknown = unknownSettingOf(manifest.retrieval);
  if (unknown === null) return;
  throw new AppError(
    'database_newer',
    `pairing ${id} was made by a newer Lockstep: this one does not know retrieval.${unknown}. ` +
      'Update, or promote another pairing.',
  );
}

function requireStanding(pairingId: string, { id, droppedAt }: FeatureView): void {
  if (droppedAt === null) return;
  throw new AppError(
    'not_found',
    `view ${id} of ${pairingId} was dropped ${droppedAt}; promote a pairing on another.`,
    { param: 'view' },
  );
}

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
  const { firstEpoch } = view;
  if (Number.isInteger(epoch) && epoch >= firstEpoch && epoch <= newest) return epoch;
  const gone = epoch >= 1 && epoch < firstEpoch ? ', and older ones were vacuumed' : '';
  throw new AppError(
    'not_found',
    `view ${view.id} has no published epoch ${epoch}; it has ${firstEpoch} to ${newest}${gone}.`,
    { param: 'epoch' },
  );
}
