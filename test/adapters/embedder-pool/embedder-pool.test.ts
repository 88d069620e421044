import { describe, expect, it } from 'vitest';
import { createEmbedderPool } from '#adapters/embedder-pool/embedder-pool.ts';
import { type EmbedderSpec, fingerprintOf, PROBE_TEXTS } from '#domain/embedding.ts';
import { AppError } from '#domain/errors.ts';
import type { Embedder } from '#ports/embedder.ts';
import { rejection } from '../../fakes/collect.ts';
import { viewOf } from '../../fakes/served.ts';

const signal = new AbortController().signal;
const specOf = (model: string): EmbedderSpec => ({
  provider: 'static',
  model,
  revision: 'r1',
  dimension: 2,
  pooling: 'mean',
  normalisation: 'none',
  queryPrefix: '',
  documentPrefix: '',
  tokensMax: 100,
  tokenizer: 't',
});

/** An embedder whose vectors are its `slope`, and that counts how often it is asked. */
function embedderOf(model: string, slope = 1, fail: () => void = () => {}) {
  const calls: (readonly string[])[] = [];
  const embedder: Embedder = {
    spec: specOf(model),
    countTokens: (text) => text.length,
    embed: async (texts) => {
      calls.push(texts);
      fail();
      return texts.map((text) => Float32Array.of(text.length * slope, slope));
    },
  };
  return { embedder, calls };
}
const builtBy = async ({ embedder }: { embedder: Embedder }) =>
  viewOf(
    embedder,
    fingerprintOf(embedder.spec, await embedder.embed(PROBE_TEXTS, 'document', signal)),
  );

describe('createEmbedderPool', () => {
  it('gives each view the embedder it was built with', async () => {
    const [one, other] = [embedderOf('one'), embedderOf('other')];
    const pool = createEmbedderPool({ candidates: [one.embedder, other.embedder] });
    expect(await pool.of(await builtBy(other), signal)).toBe(other.embedder);
    expect(await pool.of(await builtBy(one), signal)).toBe(one.embedder);
  });

  it('embeds the probes once, however often and at once it is asked', async () => {
    const one = embedderOf('one');
    const view = await builtBy(one);
    const pool = createEmbedderPool({ candidates: [one.embedder] });
    await Promise.all([pool.of(view, signal), pool.of(view, signal)]);
    await pool.of(view, signal);
    expect(one.calls.slice(1)).toEqual([PROBE_TEXTS]);
  });

  it('refuses an embedder of the same spec that gives other vectors, naming both', async () => {
    const view = await builtBy(embedderOf('one'));
    const drifted = embedderOf('one', 1.5);
    const pool = createEmbedderPool({ candidates: [drifted.embedder] });
    const failure = await rejection(pool.of(view, signal));
    expect(failure).toMatchObject({ code: 'embedding_space_mismatch' });
    expect(String(failure)).toContain(view.fingerprint);
    expect(String(failure)).toContain((await builtBy(drifted)).fingerprint);
  });

  it('refuses when no candidate has the spec, naming those there are', async () => {
    const pool = createEmbedderPool({ candidates: [embedderOf('other').embedder] });
    const failure = await rejection(pool.of(await builtBy(embedderOf('one')), signal));
    expect(failure).toMatchObject({ code: 'embedding_space_mismatch' });
    expect(String(failure)).toContain('static:one');
    expect(String(failure)).toContain('static:other');
    const none = createEmbedderPool({ candidates: [] });
    expect(String(await rejection(none.of(await builtBy(embedderOf('one')), signal)))).toContain(
      'no embedder',
    );
  });

  it('loads its candidates once, and again after that failed', async () => {
    const one = embedderOf('one');
    let loads = 0;
    const pool = createEmbedderPool({
      candidates: async () => {
        loads += 1;
        if (loads === 1) throw new AppError('upstream_unavailable', 'later', { retryable: true });
        return [one.embedder];
      },
    });
    const view = await builtBy(one);
    expect(await rejection(pool.of(view, signal))).toMatchObject({ code: 'upstream_unavailable' });
    expect(await pool.of(view, signal)).toBe(one.embedder);
    await pool.of({ ...view, id: 'posts@v9' }, signal);
    expect(loads).toBe(2);
  });

  it('does not remember that a provider was down', async () => {
    let down = true;
    const one = embedderOf('one', 1, () => {
      if (down) throw new AppError('upstream_unavailable', 'down', { retryable: true });
    });
    const view = await builtBy(embedderOf('one'));
    const pool = createEmbedderPool({ candidates: [one.embedder] });
    expect(await rejection(pool.of(view, signal))).toMatchObject({ code: 'upstream_unavailable' });
    down = false;
    expect(await pool.of(view, signal)).toBe(one.embedder);
  });

  it('lets one caller leave without taking the check away from another', async () => {
    const gate = Promise.withResolvers<void>();
    const one = embedderOf('one');
    const view = await builtBy(one);
    const pool = createEmbedderPool({
      candidates: async () => {
        await gate.promise;
        return [one.embedder];
      },
    });
    const controller = new AbortController();
    const leaving = rejection(pool.of(view, controller.signal));
    const staying = pool.of(view, signal);
    controller.abort();
    expect(await leaving).toBe(controller.signal.reason);
    gate.resolve();
    expect(await staying).toBe(one.embedder);
    expect(await rejection(pool.of(view, controller.signal))).toBe(controller.signal.reason);
  });
});
