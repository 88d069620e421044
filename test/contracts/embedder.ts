import { expect, it } from 'vitest';
import { PROBE_TEXTS } from '#domain/embedding.ts';
import type { Embedder } from '#ports/embedder.ts';

const signal = new AbortController().signal;

export type EmbedderCase = {
  /** The one to test; called once. */
  readonly make: () => Promise<Embedder>;
  /** Another of the same model, which must give the same vectors. */
  readonly again: () => Promise<Embedder>;
  /** `letters` for one whose vectors are made of letters, and know nothing of meaning. */
  readonly knows?: 'meaning' | 'letters';
};

/** What every `Embedder` promises. */
export function embedderContract({ make, again, knows = 'meaning' }: EmbedderCase): void {
  const making = make();
  const embed = async (texts: readonly string[], purpose: 'document' | 'query' = 'document') =>
    (await making).embed(texts, purpose, signal);

  it('describes itself wholly', async () => {
    const { spec } = await making;
    for (const word of [spec.provider, spec.model, spec.revision, spec.tokenizer]) {
      expect(word).toMatch(/\S/);
    }
    expect(spec.dimension).toBeGreaterThan(0);
    expect(spec.tokensMax).toBeGreaterThan(0);
  });

  it('gives a finite vector for each text, in order', async () => {
    const { spec } = await making;
    const together = await embed(PROBE_TEXTS);
    expect(together).toHaveLength(PROBE_TEXTS.length);
    for (const [at, text] of PROBE_TEXTS.entries()) {
      const [alone] = await embed([text]);
      expect(together[at]).toHaveLength(spec.dimension);
      expect(together[at]?.every(Number.isFinite)).toBe(true);
      expect(together[at]).toEqual(alone);
    }
    expect(await embed([])).toEqual([]);
  });

  it('keeps the order of many texts of many lengths, and lets none change another', async () => {
    const texts = Array.from(
      { length: 90 },
      (_, at) => `index ${'chunk '.repeat((at * 37) % 40)}${at}`,
    );
    const together = await embed(texts);
    expect(together).toHaveLength(texts.length);
    for (const at of [0, 1, 44, 88, 89])
      expect([together[at]]).toEqual(await embed([texts[at] ?? '']));
    expect(await embed(texts.toReversed())).toEqual(together.toReversed());
  });

  it('gives, batch by batch where it can, each text once and the same vectors', async () => {
    const { embedEach } = await making;
    if (embedEach === undefined) return;
    const texts = PROBE_TEXTS.flatMap((text) => [text, `${text} again`]);
    const vectors: Float32Array[] = [];
    for await (const batch of embedEach(texts, 'document', signal)) {
      expect(batch.vectors).toHaveLength(batch.positions.length);
      for (const [at, position] of batch.positions.entries()) {
        expect(vectors[position]).toBeUndefined();
        vectors[position] = batch.vectors[at] ?? new Float32Array();
      }
    }
    expect(vectors).toEqual(await embed(texts));
  });

  it('gives unit vectors when its spec says so', async () => {
    const { spec } = await making;
    if (spec.normalisation !== 'l2') return;
    for (const vector of await embed(PROBE_TEXTS)) expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
  });

  it('is the same each time, in every instance, whatever came before', async () => {
    const first = await embed(PROBE_TEXTS);
    await embed(['something else', ...PROBE_TEXTS.toReversed()]);
    expect(await embed(PROBE_TEXTS)).toEqual(first);
    const other = await again();
    expect(other.spec).toEqual((await making).spec);
    expect(await other.embed(PROBE_TEXTS, 'document', signal)).toEqual(first);
    const concurrent = await Promise.all(PROBE_TEXTS.map((text) => embed([text])));
    expect(concurrent.flat()).toEqual(first);
  });

  it('hands vectors over: changing one changes no later one', async () => {
    const [mine] = await embed(['rollback of an index']);
    const kept = mine?.slice();
    mine?.fill(7);
    expect((await embed(['rollback of an index']))[0]).toEqual(kept);
  });

  it.runIf(knows === 'meaning')('gives texts of one meaning nearer vectors', async () => {
    const [asked, near, far] = await embed([
      'how do I roll back the search index',
      'restoring an earlier version of the retrieval index',
      'the recipe wants two eggs and butter',
    ]);
    const dot = (a?: Float32Array, b?: Float32Array) =>
      a?.reduce((sum, value, at) => sum + value * (b?.[at] ?? 0), 0) ?? Number.NaN;
    expect(dot(asked, near)).toBeGreaterThan(dot(asked, far));
  });

  it('takes texts up to its limit, and names the one that is over it', async () => {
    const { spec, countTokens } = await making;
    const words = (count: number) => Array(count).fill('index').join(' ');
    let fitting = spec.tokensMax;
    while (countTokens(words(fitting)) > spec.tokensMax) fitting -= 1;
    expect(await embed([words(fitting)])).toHaveLength(1);
    await expect(embed(['short', words(2 * spec.tokensMax)])).rejects.toMatchObject({
      name: 'AppError',
      code: 'text_too_long',
      retryable: false,
      message: expect.stringMatching(/\b1\b/),
    });
    await expect(embed([words(2 * spec.tokensMax)], 'query')).rejects.toMatchObject({
      code: 'text_too_long',
    });
  });

  it('counts tokens: none in nothing, more in more', async () => {
    const { countTokens } = await making;
    expect(countTokens('')).toBe(0);
    const [one, two] = [countTokens('index'), countTokens('index of chunks and vectors')];
    expect(one).toBeGreaterThan(0);
    expect(two).toBeGreaterThan(one);
    expect(countTokens('index')).toBe(one);
  });

  it('starts nothing once the signal is aborted', async () => {
    const { embed: direct } = await making;
    await expect(direct(['text'], 'query', AbortSignal.abort())).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
}
