import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Hit } from '#domain/answer.ts';
import { renderPassages } from '#domain/prompt.ts';
import { ground } from '#inference/ground.ts';

const hitOf = (pointId: string, text: string, title = 'Title'): Hit => ({
  pointId,
  documentId: `document-${pointId}`,
  revisionId: 'revision',
  url: `https://example.org/${pointId}/`,
  title,
  headingPath: ['Heading'],
  text,
  start: 0,
  end: text.length,
  tokens: text.length,
  score: 1,
  denseRank: null,
  sparseRank: null,
  denseScore: null,
  sparseScore: null,
});
const words = (text: string) => text.split(/\s+/).filter((word) => word !== '').length;
const within = (hitsMax: number, contextTokensMax: number, countTokens = words) => ({
  hitsMax,
  contextTokensMax,
  countTokens,
  widen: null,
});
const idsOf = (hits: readonly Hit[]) => hits.map(({ pointId }) => pointId);

describe('ground', () => {
  it('numbers the passages from 1 in the order of the hits', async () => {
    const all = [hitOf('a', 'one'), hitOf('b', 'two')];
    const { hits, passages } = await ground(all, within(8, 1_000));
    expect(idsOf(hits)).toEqual(['a', 'b']);
    expect(passages).toMatchObject([
      { number: 1, pointId: 'a', text: 'one', title: 'Title', headingPath: ['Heading'] },
      { number: 2, pointId: 'b' },
    ]);
  });

  it('takes no more than hitsMax, and no text twice', async () => {
    const all = [
      hitOf('a', 'same  text'),
      hitOf('b', 'same text\n'),
      hitOf('c', 'c'),
      hitOf('d', 'd'),
    ];
    expect(idsOf((await ground(all, within(2, 1_000))).hits)).toEqual(['a', 'c']);
  });

  it('passes over what does not fit, and takes a later hit that does', async () => {
    const all = [hitOf('a', 'short'), hitOf('b', 'long '.repeat(100)), hitOf('c', 'brief')];
    expect(idsOf((await ground(all, within(8, 30))).hits)).toEqual(['a', 'c']);
  });

  it('never exceeds the budget as the prompt will hold it, and never cuts a chunk', async () => {
    const tokenizers = [words, (text: string) => text.length, (text: string) => text.length ** 1.1];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.string({ maxLength: 200 }), fc.string({ maxLength: 40 })), {
          maxLength: 12,
        }),
        fc.record({
          hitsMax: fc.integer({ min: 1, max: 10 }),
          contextTokensMax: fc.integer({ min: 1, max: 800 }),
        }),
        fc.constantFrom(...tokenizers),
        async (texts, limits, countTokens) => {
          const all = texts.map(([text, title], index) => hitOf(String(index), text, title));
          const { hits, passages } = await ground(all, { ...limits, countTokens, widen: null });
          expect(countTokens(renderPassages(passages))).toBeLessThanOrEqual(
            limits.contextTokensMax,
          );
          expect(hits.length).toBeLessThanOrEqual(limits.hitsMax);
          expect(passages.map(({ text }) => text)).toEqual(hits.map(({ text }) => text));
          for (const hit of hits) expect(all).toContain(hit);
          const places = hits.map((hit) => all.indexOf(hit));
          expect(places).toEqual([...places].sort((a, b) => a - b));
        },
      ),
    );
  });
});
