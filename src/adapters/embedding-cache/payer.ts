import type { EmbeddingPurpose } from '#domain/embedding.ts';
import { AppError } from '#domain/errors.ts';
import type { EmbeddedBatch, Embedder } from '#ports/embedder.ts';
import type { VectorCache } from '#ports/vector-cache.ts';

export type PayerOptions = {
  readonly embedder: Embedder;
  readonly store: VectorCache;
  readonly fingerprint: string;
};

/** Vectors of texts by their keys; keys that begin with `probe` are not kept and not shared. */
export type Pay = (
  texts: ReadonlyMap<string, string>,
  purpose: EmbeddingPurpose,
  signal: AbortSignal,
) => Promise<ReadonlyMap<string, Float32Array>>;

/** Texts of one call, for an embedder that gives no batches of its own. */
const TEXTS_PER_CALL = 256;
const PROBE = 'probe';

/** Asks the embedder for what others are not asking for at this moment, and stores each batch. */
export function createPayer({ embedder, store, fingerprint }: PayerOptions): Pay {
  /** What is being asked for; resolves to `null` when it failed. */
  const asked = new Map<string, Promise<Float32Array | null>>();

  async function payFor(
    texts: ReadonlyMap<string, string>,
    purpose: EmbeddingPurpose,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, Float32Array>> {
    const found = new Map<string, Float32Array>();
    const keys = [...texts.keys()];
    const gates = new Map(keys.map((key) => [key, Promise.withResolvers<Float32Array | null>()]));
    for (const [key, { promise }] of gates) asked.set(sharedKey(purpose, key), promise);
    try {
      for await (const { positions, vectors } of batchesOf(
        embedder,
        [...texts.values()],
        purpose,
        signal,
      )) {
        const batch = new Map<string, Float32Array>();
        for (const [at, position] of positions.entries()) {
          const [key, vector] = [keys[position], vectors[at]];
          if (key !== undefined && vector !== undefined) batch.set(key, vector);
        }
        const kept = [...batch].filter(([key]) => !key.startsWith(PROBE));
        await store.putMany({ fingerprint, purpose }, new Map(kept));
        for (const [key, vector] of batch) {
          found.set(key, vector);
          gates.get(key)?.resolve(vector);
        }
      }
      return found;
    } finally {
      for (const [key, gate] of gates) {
        asked.delete(sharedKey(purpose, key));
        gate.resolve(null);
      }
    }
  }

  return async (texts, purpose, signal) => {
    const found = new Map<string, Float32Array>();
    // Each round either pays for what is left, or waits for others; what they failed at is left.
    for (let left = new Map(texts); left.size > 0; ) {
      const others = new Map<string, Promise<Float32Array | null>>();
      for (const key of left.keys()) {
        const promise = asked.get(sharedKey(purpose, key));
        if (promise !== undefined && !key.startsWith(PROBE)) others.set(key, promise);
      }
      const mine = new Map([...left].filter(([key]) => !others.has(key)));
      if (mine.size > 0) {
        const paid = await payFor(mine, purpose, signal);
        for (const [key, vector] of paid) found.set(key, vector);
        if (paid.size < mine.size) throw new AppError('internal', 'the embedder left out a text');
      }
      const waited = await untilAborted(
        Promise.all([...others].map(async ([key, promise]) => [key, await promise] as const)),
        signal,
      );
      for (const [key, vector] of waited) if (vector !== null) found.set(key, vector);
      left = new Map([...left].filter(([key]) => !found.has(key)));
    }
    return found;
  };
}

const sharedKey = (purpose: EmbeddingPurpose, key: string): string => `${purpose} ${key}`;

async function* batchesOf(
  embedder: Embedder,
  texts: readonly string[],
  purpose: EmbeddingPurpose,
  signal: AbortSignal,
): AsyncGenerator<EmbeddedBatch> {
  if (embedder.embedEach !== undefined) {
    yield* embedder.embedEach(texts, purpose, signal);
    return;
  }
  for (let at = 0; at < texts.length; at += TEXTS_PER_CALL) {
    const part = texts.slice(at, at + TEXTS_PER_CALL);
    const vectors = await embedder.embed(part, purpose, signal);
    yield { positions: part.map((_, offset) => at + offset), vectors };
  }
}

async function untilAborted<T>(waited: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const gate = Promise.withResolvers<never>();
  const onAbort = () => gate.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([waited, gate.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
