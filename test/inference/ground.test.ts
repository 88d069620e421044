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
const idsOf = (hits: readonly Hit[]) => hits.map(({ pointId }) => pointId);

describe('ground', () => {
  it('numbers the passages from 1 in the order of the hits', () => {
    const limits = { hitsMax: 8, contextTokensMax: 1_000 };
    const { hits, passages } = ground([hitOf('a', 'one'), hitOf('b', 'two')], limits, words);
    expect(idsOf(hits)).toEqual(['a', 'b']);
    expect(passages).toMatchObject([
      { number: 1, pointId: 'a', text: 'one', title: 'Title', headingPath: ['Heading'] },
      { number: 2, pointId: 'b' },
    ]);
  });

  it('takes no more than hitsMax, and no text twice', () => {
    const all = [
      hitOf('a', 'same  text'),
      hitOf('b', 'same text\n'),
      hitOf('c', 'c'),
      hitOf('d', 'd'),
    ];
    const limits = { hitsMax: 2, contextTokensMax: 1_000 };
    expect(idsOf(ground(all, limits, words).hits)).toEqual(['a', 'c']);
  });

  it('passes over what does not fit, and takes a later hit that does', () => {
    const all = [hitOf('a', 'short'), hitOf('b', 'long '.repeat(100)), hitOf('c', 'brief')];
    const limits = { hitsMax: 8, contextTokensMax: 30 };
    expect(idsOf(ground(all, limits, words).hits)).toEqual(['a', 'c']);
  });

  it('never exceeds the budget as the prompt will hold it, and never cuts a chunk', () => {
    const tokenizers = [words, (text: string) => text.length, (text: string) => text.length ** 1.1];
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ maxLength: 200 }), fc.string({ maxLength: 40 })), {
          maxLength: 12,
        }),
        fc.record({
          hitsMax: fc.integer({ min: 1, max: 10 }),
          contextTokensMax: fc.integer({ min: 1, max: 800 }),
        }),
        fc.constantFrom(...tokenizers),
        (texts, limits, countTokens) => {
          const all = texts.map(([text, title], index) => hitOf(String(index), text, title));
          const { hits, passages } = ground(all, limits, countTokens);
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
