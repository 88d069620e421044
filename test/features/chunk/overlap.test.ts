import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Chunk } from '#domain/chunk.ts';
import { framedText } from '#domain/chunk.ts';
import { CHUNKER, chunkMarkdown } from '#features/chunk/chunk.ts';
import { body, roughMarkdown } from './markdown-arbitrary.ts';

const countWords = (text: string): number => text.match(/\S+/g)?.length ?? 0;
const countThirds = (text: string): number => Math.ceil([...text].length / 3);

type Sizes = { readonly tokensMax: number; readonly overlapTokens: number };

const chunk = (markdown: string, sizes: Sizes, countTokens = countWords): readonly Chunk[] =>
  chunkMarkdown(markdown, { spec: { ...CHUNKER, ...sizes }, countTokens });

const check = (markdown: string, sizes: Sizes, expected: readonly string[]): void =>
  expect(chunk(markdown, sizes).map(({ text }) => text)).toEqual(expected);

const six = { tokensMax: 6, overlapTokens: 3 };

describe('with overlap', () => {
  it('begins with the last sentences of the chunk before', () =>
    check('One two. Three four. Five six. Seven eight. Nine.', six, [
      'One two. Three four. Five six.',
      'Five six. Seven eight. Nine.',
    ]));
  it('takes as many sentences as the budget holds', () =>
    check('A b. C. D.\n\nE f g.', six, ['A b. C. D.', 'C. D.\n\nE f g.']));
  it('takes no part of a sentence', () =>
    check('One two three four.\n\nFive six seven.', six, [
      'One two three four.',
      'Five six seven.',
    ]));
  it('repeats less rather than cut a block that fits', () => {
    check('A. B. C. D e f.\n\nG h i j k l.', six, ['A. B. C. D e f.', 'G h i j k l.']);
    check('A b. C. D.\n\nE f g h i.', six, ['A b. C. D.', 'D.\n\nE f g h i.']);
  });
  it('repeats whole items of a list', () =>
    check('- a b\n- c\n- d e', six, ['- a b\n- c', '- c\n- d e']));
  it('repeats nothing of another section', () =>
    check('## A\n\nA. B. C.\n\n## B\n\nD.', six, ['## A\n\nA. B. C.', '## B\n\nD.']));
  it('repeats no heading', () =>
    check('## A.\n\nA b c.\n\nD e f.', six, ['## A.\n\nA b c.', 'A b c.\n\nD e f.']));
  it('repeats no code and no table', () => {
    check('```\na.\nb.\n```\n\nc d e f.', six, ['```\na.\nb.\n```', 'c d e f.']);
    check('a|b\n-|-\nc.|d.\n\ne f g h i.', six, ['a|b\n-|-\nc.|d.', 'e f g h i.']);
  });
  it('is never all that a chunk brought', () =>
    check('A.\n\nB c d e f g.', six, ['A.', 'B c d e f g.']));
});

it.each([-1, 0.5, 4, Number.NaN])('refuses an overlap of %s in chunks of 7', (overlapTokens) => {
  expect(() => chunk('a', { tokensMax: 7, overlapTokens })).toThrow(
    expect.objectContaining({ code: 'invalid_input', param: 'overlapTokens' }),
  );
});

it('is the same without the field and with none', () => {
  fc.assert(
    fc.property(roughMarkdown, (text) => {
      const spec = { ...CHUNKER, tokensMax: 20 };
      expect(chunk(text, { tokensMax: 20, overlapTokens: 0 })).toEqual(
        chunkMarkdown(text, { spec, countTokens: countWords }),
      );
    }),
  );
});

const sizes = fc.integer({ min: 4, max: 60 }).chain((tokensMax) =>
  fc.record({
    tokensMax: fc.constant(tokensMax),
    overlapTokens: fc.integer({ min: 0, max: Math.floor(tokensMax / 2) }),
  }),
);
const tokenizers = fc.constantFrom(countWords, countThirds);

describe('whatever the text', () => {
  it('covers it with exact spans within the limit, each of which adds something', () => {
    fc.assert(
      fc.property(roughMarkdown, sizes, tokenizers, (text, limits, count) => {
        let [start, end] = [-1, 0];
        for (const found of chunk(text, limits, count)) {
          expect(found.start).toBeGreaterThan(start);
          expect(found.end).toBeGreaterThan(end);
          expect(text.slice(end, Math.max(end, found.start)).trim()).toBe('');
          expect(text.slice(found.start, found.end)).toBe(found.text);
          expect(found.tokens).toBe(count(framedText(found)));
          expect(found.tokens).toBeLessThanOrEqual(limits.tokensMax);
          ({ start, end } = found);
        }
        expect(text.slice(end).trim()).toBe('');
      }),
      { numRuns: 400 },
    );
  });

  it('repeats whole sentences within the budget', () => {
    fc.assert(
      fc.property(body, sizes, (text, limits) => {
        const chunks = chunk(text, limits);
        for (const [at, { start }] of chunks.entries()) {
          const end = chunks[at - 1]?.end ?? 0;
          if (start >= end) continue;
          expect(countWords(text.slice(start, end))).toBeLessThanOrEqual(limits.overlapTokens);
          expect(text.slice(0, start)).toMatch(/^$|[.!?…。！？][)\]}"'”’»*_]*\s+$|\n[ >]*$/);
        }
      }),
      { numRuns: 400 },
    );
  });
});

it('repeats something in most chunks of plain prose', () => {
  const prose = Array.from({ length: 60 }, (_, at) => `Sentence ${at} says a thing.`).join(' ');
  const chunks = chunk(prose, { tokensMax: 40, overlapTokens: 12 });
  const overlapping = chunks.filter(({ start }, at) => start < (chunks[at - 1]?.end ?? 0));
  expect(chunks.length).toBeGreaterThan(8);
  expect(overlapping).toHaveLength(chunks.length - 1);
});

it('leaves the chunks of the other sections as they were when one changes', () => {
  const page = (sections: readonly string[]) =>
    sections.map((text, at) => `## Section${at}\n\n${text}`).join('\n\n');
  fc.assert(
    fc.property(
      fc.array(body, { minLength: 2, maxLength: 5 }),
      fc.nat(),
      body,
      (all, at, other) => {
        const changed = at % all.length;
        const outside = (sections: readonly string[]) =>
          chunk(page(sections), { tokensMax: 25, overlapTokens: 10 })
            .filter(({ headingPath }) => headingPath.at(-1) !== `Section${changed}`)
            .map(({ start: _start, end: _end, ...rest }) => rest);
        expect(outside(all.with(changed, other))).toEqual(outside(all));
      },
    ),
  );
});
