import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Hit } from '#domain/answer.ts';
import { cite } from '#inference/cite.ts';

const hitOf = (text: string, index: number): Hit => ({
  pointId: `point-${index + 1}`,
  documentId: `document-${index + 1}`,
  revisionId: 'revision',
  url: `https://example.org/${index + 1}/`,
  title: `Post ${index + 1}`,
  headingPath: [],
  text,
  start: 0,
  end: text.length,
  tokens: 1,
  score: 1,
  denseRank: null,
  sparseRank: null,
  denseScore: null,
  sparseScore: null,
});
const HITS = [
  'The archive was offline for 47 minutes. See [the log](/log/ "Log") for more.',
  'A rollback takes\n52 seconds.',
  '```sh\nnpm start\n```',
].map(hitOf);

/** Each citation as `number: its words`, with a `!` when they stand in the chunk. */
const check = (text: string, expected: readonly string[]) =>
  expect(
    cite(text, HITS).map(
      ({ number, start, end, verbatim }) =>
        `${number}: ${text.slice(start, end)}${verbatim ? ' !' : ''}`,
    ),
  ).toEqual(expected);

describe('cite', () => {
  it('spans the sentence before the marker, wherever its full stop is', () => {
    check('First. The archive was offline [1]. Then.', ['1: The archive was offline !']);
    check('First. The archive was offline for 47 minutes. [1]', [
      '1: The archive was offline for 47 minutes. !',
    ]);
    check('It was fast.[2]', ['2: It was fast.']);
  });

  it('gives each marker the words since the one before', () =>
    check('The archive was offline [1], and a rollback takes 52 seconds [2].', [
      '1: The archive was offline !',
      '2: and a rollback takes 52 seconds',
    ]));

  it('shares words among markers in a row', () => {
    check('Both are true [1][2].', ['1: Both are true', '2: Both are true']);
    check('Both are true [1, 2].', ['1: Both are true', '2: Both are true']);
    check('Both are true [1]. [2]', ['1: Both are true', '2: Both are true']);
  });

  it('cites a passage once for one claim', () => check('True [1, 1].', ['1: True']));

  it('knows words that stand in the chunk but for line breaks and link targets', () => {
    check('A rollback takes 52 seconds. [2]', ['2: A rollback takes 52 seconds. !']);
    check('See the log for more. [1]', ['1: See the log for more. !']);
    check('A rollback takes 53 seconds. [2]', ['2: A rollback takes 53 seconds.']);
  });

  it('takes a listing whole', () =>
    check('Run this:\n```sh\nnpm start\n```\n[3]', ['3: ```sh\nnpm start\n``` !']));

  it('takes list entries and lines by themselves, without their marks', () =>
    check('- One thing [1]\n- Another thing [2]', ['1: One thing', '2: Another thing']));

  it('leaves markers that name no passage in the text, uncited', () => {
    check('True [4]. False [0]. Who knows [99, 1].', ['1: Who knows']);
    expect(cite('True [1].', [])).toEqual([]);
  });

  it('does not take code or links for markers', () => {
    check('Use `list[1]` or [1](https://example.org).', []);
    check('```\nlist[1]\n```', []);
    check('```\nlist[1] never closed', []);
  });

  it('cites nothing without words to cite', () => check('[1] ** [2]', []));

  it('points into the text and at hits that are there, whatever a model writes', () => {
    const pieces = [
      '[1]',
      '[2]',
      '[3, 1]',
      '[9]',
      '[',
      ']',
      'word',
      '. ',
      '\n',
      '`',
      '```',
      '(',
      '- ',
      '1',
    ];
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 6 })), {
          maxLength: 30,
        }),
        (parts) => {
          const text = parts.join('');
          for (const { number, start, end, pointId } of cite(text, HITS)) {
            expect(pointId).toBe(`point-${number}`);
            expect(start).toBeGreaterThanOrEqual(0);
            expect(end).toBeLessThanOrEqual(text.length);
            expect(text.slice(start, end)).toMatch(/[\p{L}\p{N}]/u);
            expect(text.slice(end)).toMatch(new RegExp(`\\[[\\d, ]*\\b${number}\\b[\\d, ]*\\]`));
          }
        },
      ),
    );
  });

  it('is linear on a hostile text', () => {
    const hostile = `${'[1'.repeat(100_000)}${'."'.repeat(50_000)}${'\n'.repeat(50_000)} x [1]`;
    expect(cite(hostile, HITS)).toHaveLength(1);
  });
});
