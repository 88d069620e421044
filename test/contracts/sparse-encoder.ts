import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { SparseVector } from '#domain/embedding.ts';
import type { SparseEncoder } from '#ports/embedder.ts';

/** Anything a page may hold: prose, identifiers, other scripts, marks, lone surrogates. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({
    unit: fc.constantFrom(
      'a',
      'B',
      '.',
      '_',
      "'",
      '’',
      '1',
      ' ',
      'é',
      '漢',
      'か',
      '\u0301',
      '\ud800',
    ),
  }),
  fc
    .array(
      fc.constantFrom('chunks', 'index', 'getUser', 'max_tokens', 'v1.2.3', 'running', '検索', '!'),
    )
    .map((words) => words.join(' ')),
);

function expectSound({ indices, values }: SparseVector): void {
  expect(values).toHaveLength(indices.length);
  for (const [at, index] of indices.entries()) {
    expect(Number.isInteger(index) && index >= 0 && index <= 0xffff_ffff).toBe(true);
    if (at > 0) expect(index).toBeGreaterThan(indices[at - 1] ?? Number.POSITIVE_INFINITY);
    expect(values[at]).toBeGreaterThan(0);
    expect(values[at]).toBeLessThan(Number.POSITIVE_INFINITY);
  }
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

/** What every `SparseEncoder` promises. */
export function sparseEncoderContract(make: () => SparseEncoder): void {
  const encoder = make();
  const weightIn = (of: string, within: string): number => {
    const [index] = encoder.encodeQuery(of).indices;
    const { indices, values } = encoder.encodeDocument(within);
    return values[indices.indexOf(index ?? -1)] ?? 0;
  };

  it('gives ascending distinct indices with positive finite weights, for any text', () =>
    fc.assert(
      fc.property(text, (any) => {
        expectSound(encoder.encodeDocument(any));
        expectSound(encoder.encodeQuery(any));
      }),
      { numRuns: 400 },
    ));

  it('gives passages and questions the same terms, and each its count in a question', () =>
    fc.assert(
      fc.property(text, (any) => {
        const query = encoder.encodeQuery(any);
        expect(encoder.encodeDocument(any).indices).toEqual(query.indices);
        expect(sum(query.values)).toBe(encoder.terms(any).length);
      }),
      { numRuns: 200 },
    ));

  it('is the same each time and in every instance', () =>
    fc.assert(
      fc.property(text, (any) => {
        expect(make().encodeDocument(any)).toEqual(encoder.encodeDocument(any));
        expect(encoder.encodeQuery(any)).toEqual(encoder.encodeQuery(any));
      }),
      { numRuns: 50 },
    ));

  it('gives nothing for a text without words', () => {
    for (const empty of ['', ' \n\t', '… — !?', '\u0000']) {
      expect(encoder.encodeQuery(empty)).toEqual({ indices: [], values: [] });
      expect(encoder.encodeDocument(empty)).toEqual({ indices: [], values: [] });
    }
  });

  it('does not tell capitals from small letters, or forms of a word from each other', () => {
    for (const same of ['Chunks', 'CHUNKS', 'chunk', 'chunked', 'chunking']) {
      expect(encoder.encodeQuery(same)).toEqual(encoder.encodeQuery('chunks'));
    }
    expect(encoder.encodeQuery('chunk')).not.toEqual(encoder.encodeQuery('index'));
  });

  it('weighs a term more where it is more frequent, ever less so, and less in longer passages', () => {
    const times = (count: number) => weightIn('lease', Array(count).fill('lease').join(' '));
    expect(times(2)).toBeGreaterThan(times(1));
    expect(times(3) - times(2)).toBeLessThan(times(2) - times(1));
    const long = `lease ${'other words here '.repeat(100)}`;
    expect(weightIn('lease', long)).toBeLessThan(weightIn('lease', 'lease other words'));
    expect(weightIn('lease', long)).toBeGreaterThan(0);
  });
}
