import { beforeEach, describe, expect, it } from 'vitest';
import {
  type CachedEmbedder,
  createEmbeddingCache,
} from '#adapters/embedding-cache/embedding-cache.ts';
import { createMemoryVectorCache } from '#adapters/embedding-cache/memory-vector-cache.ts';
import { loadStaticEmbedder } from '#adapters/static-embedder/static-embedder.ts';
import { PROBE_TEXTS } from '#domain/embedding.ts';
import { AppError } from '#domain/errors.ts';
import type { Embedder } from '#ports/embedder.ts';
import type { VectorCache } from '#ports/vector-cache.ts';
import { embedderContract } from '../../contracts/embedder.ts';
import { rejection } from '../../fakes/collect.ts';

const signal = new AbortController().signal;
const inner = await loadStaticEmbedder('models/lockstep-static-en-v1');

/** The static embedder as if each text were paid for. */
function paid(options: { readonly failAt?: string; readonly gate?: Promise<void> } = {}) {
  const bill: string[] = [];
  let failAt = options.failAt ?? null;
  const embedder: Embedder = {
    ...inner,
    async embed(texts, purpose, either) {
      bill.push(...texts);
      await options.gate;
      return await inner.embed(texts, purpose, either);
    },
    async *embedEach(texts, purpose, either) {
      for (const [position, text] of texts.entries()) {
        if (text === failAt)
          throw new AppError('upstream_unavailable', 'away', { retryable: true });
        bill.push(text);
        await options.gate;
        yield { positions: [position], vectors: await inner.embed([text], purpose, either) };
      }
    },
  };
  const mend = () => {
    failAt = null;
  };
  return { embedder, bill, mend };
}

describe('an embedder behind a cache', () => {
  let store: VectorCache;
  beforeEach(() => {
    store = createMemoryVectorCache({ vectorsMax: 1_000 });
  });
  const wrap = (embedder: Embedder, fingerprint = 'emb-1'): CachedEmbedder =>
    createEmbeddingCache({ embedder, store, fingerprint });

  describe('keeps the contract', () => {
    const shared = createMemoryVectorCache({ vectorsMax: 1_000 });
    const make = async () =>
      createEmbeddingCache({ embedder: inner, store: shared, fingerprint: 'emb-1' });
    embedderContract({ make, again: make });
  });

  it('asks for a text once, in whatever call or instance', async () => {
    const { embedder, bill } = paid();
    const first = await wrap(embedder).embed(['a', 'b', 'a'], 'document', signal);
    const cached = wrap(embedder);
    const second = await cached.embed(['b', 'c', 'a', 'c'], 'document', signal);
    expect(bill).toEqual(['a', 'b', 'c']);
    expect(second).toEqual(await inner.embed(['b', 'c', 'a', 'c'], 'document', signal));
    expect(first[0]).toEqual(second[2]);
    expect(first[0]).not.toBe(first[2]);
    expect(cached.counts()).toEqual({ known: 2, embedded: 2 });
  });

  it('keeps purposes and embedders apart', async () => {
    const { embedder, bill } = paid();
    await wrap(embedder).embed(['a'], 'document', signal);
    await wrap(embedder).embed(['a'], 'query', signal);
    await wrap(embedder, 'emb-2').embed(['a'], 'document', signal);
    expect(bill).toEqual(['a', 'a', 'a']);
  });

  it('keeps what was paid for before a failure', async () => {
    const { embedder, bill, mend } = paid({ failAt: 'c' });
    const cached = wrap(embedder);
    const failed = await rejection(cached.embed(['a', 'b', 'c', 'd'], 'document', signal));
    expect(failed).toMatchObject({ code: 'upstream_unavailable' });
    mend();
    expect(await cached.embed(['a', 'b', 'c', 'd'], 'document', signal)).toHaveLength(4);
    expect(bill).toEqual(['a', 'b', 'c', 'd']);
  });

  it('shares what calls at the same time both miss', async () => {
    const gate = Promise.withResolvers<void>();
    const { embedder, bill } = paid({ gate: gate.promise });
    const cached = wrap(embedder);
    const both = [
      cached.embed(['a', 'b'], 'document', signal),
      cached.embed(['b', 'c'], 'document', signal),
    ];
    gate.resolve();
    const [one, two] = await Promise.all(both);
    expect(bill.toSorted()).toEqual(['a', 'b', 'c']);
    expect(one?.[1]).toEqual(two?.[0]);
    expect(one?.[1]).not.toBe(two?.[0]);
  });

  it('asks itself when the call that it waited for fails', async () => {
    const gate = Promise.withResolvers<void>();
    const { embedder, bill } = paid({ gate: gate.promise });
    const cached = wrap({ ...embedder, embedEach: undefined as never });
    const leave = new AbortController();
    const left = rejection(cached.embed(['a'], 'document', leave.signal));
    while (bill.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const waiting = cached.embed(['a'], 'document', signal);
    leave.abort(new Error('enough'));
    gate.resolve();
    expect(String(await left)).toContain('enough');
    expect(await waiting).toEqual(await inner.embed(['a'], 'document', signal));
  });

  it('lets go of whoever waits for another call and aborts', async () => {
    const gate = Promise.withResolvers<void>();
    const { embedder, bill } = paid({ gate: gate.promise });
    const cached = wrap(embedder);
    const first = cached.embed(['a'], 'document', signal);
    while (bill.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const leave = new AbortController();
    const waiting = rejection(cached.embed(['a'], 'document', leave.signal));
    leave.abort(new Error('enough'));
    expect(String(await waiting)).toContain('enough');
    gate.resolve();
    expect(await first).toHaveLength(1);
  });

  it('puts probe texts through each time, and never keeps them', async () => {
    const { embedder, bill } = paid();
    const cached = wrap(embedder);
    const [probe = ''] = PROBE_TEXTS;
    await cached.embed([...PROBE_TEXTS, 'a'], 'document', signal);
    const vectors = await cached.embed([probe, 'a', probe], 'document', signal);
    expect(bill).toEqual([...PROBE_TEXTS, 'a', probe, probe]);
    expect(vectors).toEqual(await inner.embed([probe, 'a', probe], 'document', signal));
  });

  it('names a text that is too long by its place in the call', async () => {
    const { embedder, bill } = paid();
    const cached = wrap(embedder);
    await cached.embed(['a'], 'document', signal);
    const long = Array(600).fill('index').join(' ');
    const refused = await rejection(cached.embed(['a', 'b', long], 'document', signal));
    expect(refused).toMatchObject({
      code: 'text_too_long',
      message: expect.stringMatching(/text 2 /),
    });
    expect(bill).toEqual(['a']);
  });

  it('tells beforehand what would be asked for', async () => {
    const { embedder, bill } = paid();
    const cached = wrap(embedder);
    await cached.embed(['a'], 'document', signal);
    expect(await cached.missing(['b', 'a', 'b', 'c'], 'document')).toEqual([0, 3]);
    expect(bill).toEqual(['a']);
  });

  it('refuses a vector that is not of its embedder', async () => {
    const { embedder } = paid();
    await wrap(embedder).embed(['a'], 'document', signal);
    const other: Embedder = { ...embedder, spec: { ...embedder.spec, dimension: 3 } };
    expect(await rejection(wrap(other).embed(['a'], 'document', signal))).toMatchObject({
      code: 'index_mismatch',
    });
  });
});
