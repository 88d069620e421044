import { fingerprintOf, PROBE_TEXTS } from '#domain/embedding.ts';
import { AppError } from '#domain/errors.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import { hashOf } from '#domain/hash.ts';
import type { Embedder } from '#ports/embedder.ts';
import type { EmbedderPool } from '#ports/embedder-pool.ts';

export type EmbedderPoolOptions = {
  /** The configured embedders, or how to load them; loaded at the first view that asks. */
  readonly candidates: readonly Embedder[] | (() => Promise<readonly Embedder[]>);
};

/**
 * A pool over the configured embedders. A check that failed is not remembered, so a provider that
 * was down is asked again. A check belongs to the process and not to whoever asked first: an abort
 * ends the waiting alone.
 */
export function createEmbedderPool({ candidates }: EmbedderPoolOptions): EmbedderPool {
  const once = createOnce();
  const load = (): Promise<readonly Embedder[]> =>
    once('candidates', async () => (isLoader(candidates) ? await candidates() : candidates));
  const fingerprint = (embedder: Embedder): Promise<string> =>
    once(`fingerprint ${hashOf(embedder.spec)}`, async () =>
      fingerprintOf(
        embedder.spec,
        await embedder.embed(PROBE_TEXTS, 'document', new AbortController().signal),
      ),
    );
  const find = async (view: FeatureView): Promise<Embedder> => {
    const loaded = await load();
    const specHash = hashOf(view.spec.dense);
    const found = loaded.find((embedder) => hashOf(embedder.spec) === specHash);
    if (found === undefined) throw mismatch(view, loaded.map(describe).join('; '));
    const actual = await fingerprint(found);
    if (actual !== view.fingerprint) throw mismatch(view, `${describe(found)} = ${actual}`);
    return found;
  };
  return {
    of: (view, signal) =>
      waitFor(
        once(`view ${view.id} ${view.fingerprint}`, () => find(view)),
        signal,
      ),
  };
}

const isLoader = (
  candidates: EmbedderPoolOptions['candidates'],
): candidates is () => Promise<readonly Embedder[]> => typeof candidates === 'function';

/** Runs each named task at most once at a time, and never again after it succeeded. */
function createOnce() {
  const tasks = new Map<string, Promise<unknown>>();
  return <T>(name: string, start: () => Promise<T>): Promise<T> => {
    const known = tasks.get(name);
    // The name decides the type: each is used at one place.
    if (known !== undefined) return known as Promise<T>;
    const task = start();
    tasks.set(name, task);
    task.catch(() => tasks.delete(name));
    return task;
  };
}

async function waitFor<T>(task: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const gate = Promise.withResolvers<never>();
  const onAbort = () => gate.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([task, gate.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

const describe = ({ spec }: Pick<Embedder, 'spec'>): string =>
  `${spec.provider}:${spec.model} (revision ${spec.revision.slice(0, 12)}, ` +
  `dimension ${spec.dimension})`;

const mismatch = (view: FeatureView, configured: string): AppError =>
  new AppError(
    'embedding_space_mismatch',
    `view ${view.id} was built with ${describe({ spec: view.spec.dense })} = ` +
      `${view.fingerprint}, but configured is ${configured === '' ? 'no embedder' : configured}. ` +
      'Restore the embedder it was built with, or build the next view version and promote a ' +
      'pairing on it.',
  );
