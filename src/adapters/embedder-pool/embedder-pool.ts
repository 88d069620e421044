import { fingerprintOf, isSameSpace, PROBE_TEXTS } from '#domain/embedding.ts';
import { AppError, toAppError } from '#domain/errors.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import { hashOf } from '#domain/hash.ts';
import type { Embedder } from '#ports/embedder.ts';
import type { EmbedderPool, KnownEmbedder } from '#ports/embedder-pool.ts';
import type { Clock } from '#ports/system.ts';
import { createOnce, waitFor } from './once.ts';

export type EmbedderPoolOptions = {
  /** The configured embedder, as it is named. */
  readonly configured: string;
  /** Loads an embedder by its name. Called once for each, and again after it failed. */
  readonly load: (reference: string) => Promise<Embedder>;
  /** Names of embedders that a view may have been built with, likely ones first. */
  readonly referencesOf: (view: FeatureView) => Promise<readonly string[]>;
  /** Vectors of the probe texts when the view was made; none when they were not kept. */
  readonly probesOf: (view: FeatureView) => Promise<readonly Float32Array[]>;
  /** Around an embedder that serves a view: what remembers its vectors. */
  readonly remember?: (embedder: Embedder, view: FeatureView) => Embedder;
  /**
   * Checks again, beside whoever asks, once this long has passed since the last time; `null` for
   * embedders that cannot change while they are loaded.
   */
  readonly recheck?: {
    readonly clock: Pick<Clock, 'monotonicMs'>;
    readonly afterMs: (view: FeatureView) => number | null;
  };
  /** Told of a name of which nothing could be loaded while others were tried. */
  readonly onUnloadable?: (reference: string, why: unknown) => void;
};

/**
 * A pool over embedders that are loaded when a view asks for one. A check that failed is not
 * remembered, so a provider that was down is asked again. A check belongs to the process and not to
 * whoever asked first: an abort ends the waiting alone.
 */
export function createEmbedderPool(options: EmbedderPoolOptions): EmbedderPool {
  const { configured, load, referencesOf, remember = (embedder) => embedder } = options;
  const loads = createOnce();
  const probings = createOnce();
  const loaded = (reference: string): Promise<Embedder> =>
    loads.run(reference, () => load(reference));

  /** The embedder with the view's spec, among those that can be loaded. */
  const find = async (view: FeatureView): Promise<Embedder> => {
    const specHash = hashOf(view.spec.dense);
    const seen: string[] = [];
    const problems: unknown[] = [];
    for (const reference of new Set(await referencesOf(view))) {
      try {
        const embedder = await loaded(reference);
        if (hashOf(embedder.spec) === specHash) return embedder;
        seen.push(describe(embedder));
      } catch (thrown) {
        problems.push(thrown);
        options.onUnloadable?.(reference, thrown);
      }
    }
    // What is down may be the one.
    const passing = problems.find((thrown) => thrown instanceof AppError && thrown.retryable);
    throw passing ?? mismatch(view, [...seen, ...problems.map(reasonOf)].join('; '));
  };
  const requireSpace = async (view: FeatureView, embedder: Embedder): Promise<void> => {
    const { fingerprint, probes } = await probed(embedder);
    if (fingerprint === view.fingerprint) return;
    if (isSameSpace(await options.probesOf(view), probes)) return;
    throw mismatch(view, `${describe(embedder)} = ${fingerprint}`);
  };
  const checked = async (view: FeatureView): Promise<Embedder> => {
    const embedder = await find(view);
    await requireSpace(view, embedder);
    return remember(embedder, view);
  };
  const checkAgain = async (view: FeatureView): Promise<void> => {
    try {
      await requireSpace(view, await find(view));
    } catch (thrown) {
      // Nothing that was found out before holds any more, for this view or another.
      if (thrown instanceof AppError && !thrown.retryable) probings.clear();
      throw thrown;
    }
  };
  const checkedMs = new Map<string, number>();
  /** Nobody waits for it: what it finds out holds for the next question. */
  const checkBeside = (view: FeatureView): void => {
    const afterMs = options.recheck?.afterMs(view) ?? null;
    if (options.recheck === undefined || afterMs === null) return;
    const now = options.recheck.clock.monotonicMs();
    const last = checkedMs.get(view.id);
    if (last !== undefined && now - last < afterMs) return;
    checkedMs.set(view.id, now);
    // Without an answer nothing is known to have changed.
    if (last !== undefined) checkAgain(view).catch(() => undefined);
  };
  const obtained = async (name: string): Promise<KnownEmbedder> => {
    try {
      return await probed(await loaded(name));
    } catch (thrown) {
      const { code, message, retryable } = toAppError(thrown);
      if (retryable || code === 'invalid_config' || code === 'invalid_input') throw thrown;
      throw new AppError('invalid_config', `embedder ${name}: ${message}`, { cause: thrown });
    }
  };
  return {
    configured,
    of: (view, signal) => {
      const found = probings.run(`view ${view.id} ${view.fingerprint}`, () => checked(view));
      checkBeside(view);
      return waitFor(found, signal);
    },
    check: (view, signal) => waitFor(checkAgain(view), signal),
    named: (reference, signal) => {
      const name = reference ?? configured;
      return waitFor(
        probings.run(`named ${name}`, () => obtained(name)),
        signal,
      );
    },
  };
}

async function probed(embedder: Embedder): Promise<KnownEmbedder> {
  const probes = await embedder.embed(PROBE_TEXTS, 'document', new AbortController().signal);
  return { embedder, probes, fingerprint: fingerprintOf(embedder.spec, probes) };
}

const reasonOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);

const describe = ({ spec }: Pick<Embedder, 'spec'>): string =>
  `${spec.provider}:${spec.model} (revision ${spec.revision.slice(0, 12)}, ` +
  `dimension ${spec.dimension})`;

const mismatch = (view: FeatureView, found: string): AppError =>
  new AppError(
    'embedding_space_mismatch',
    `view ${view.id} was built with ${describe({ spec: view.spec.dense })} = ` +
      `${view.fingerprint}, but there is ${found === '' ? 'no embedder' : found}. ` +
      'Restore the embedder it was built with, or build the next view version and promote a ' +
      'pairing on it.',
  );
