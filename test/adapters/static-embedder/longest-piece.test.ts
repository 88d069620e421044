import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createLongestPiece } from '#adapters/static-embedder/longest-piece.ts';

const found = (pieces: readonly string[], word: string, start = 0) => {
  const { id, length } = createLongestPiece(pieces.map((piece, at) => [piece, at]))(word, start);
  return length === 0 ? null : [id, length];
};

it('prefers the longest', () => {
  expect(found(['a', 'abc', 'ab'], 'abcd')).toEqual([1, 3]);
  expect(found(['a', 'abcd', 'ab'], 'abce')).toEqual([2, 2]);
});
it('starts where it is told', () => expect(found(['a', 'bc'], 'abc', 1)).toEqual([1, 2]));
it('says when there is none', () => {
  expect(found(['abc'], 'ab')).toBeNull();
  expect(found([], 'ab')).toBeNull();
  expect(found([''], 'ab')).toBeNull();
});
it('keeps the last id of a piece that comes twice', () =>
  expect(found(['a', 'a'], 'a')).toEqual([1, 1]));

it('finds what a search through all pieces finds', () => {
  const piece = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '漢', '😀'), maxLength: 6 });
  fc.assert(
    fc.property(fc.uniqueArray(piece, { maxLength: 40 }), piece, piece, (pieces, head, tail) => {
      const word = head + tail;
      const longest = pieces
        .filter((known) => known !== '' && word.startsWith(known, head.length))
        .sort((a, b) => b.length - a.length)[0];
      const expected = longest === undefined ? null : [pieces.indexOf(longest), longest.length];
      expect(found(pieces, word, head.length)).toEqual(expected);
    }),
  );
});
