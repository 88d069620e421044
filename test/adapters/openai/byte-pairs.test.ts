import { globSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { Tiktoken } from 'js-tiktoken/lite';
import ranks from 'js-tiktoken/ranks/cl100k_base';
import { describe, expect, it } from 'vitest';
import { createBytePairCounter } from '#adapters/openai/byte-pairs.ts';

describe('byte pairs of cl100k_base', () => {
  const count = createBytePairCounter(ranks);
  const vendor = new Tiktoken(ranks);
  const expected = (text: string) => vendor.encode(text, [], []).length;

  it.each([
    ['', 0],
    ['hello world', 2],
    ['tiktoken is great!', 6],
  ])('%j has %i', (text, tokens) => expect(count(text)).toBe(tokens));

  it('are counted as the vendor counts them, in real posts', () => {
    const files = globSync('datasets/sample/posts/*.md');
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const text = readFileSync(file, 'utf8');
      expect(count(text), file).toBe(expected(text));
    }
  });

  it('are counted as the vendor counts them, in any text', () =>
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'grapheme', maxLength: 80 }),
          fc.string({
            unit: fc.constantFrom('a', 'b', 'ab', ' ', '\n', '1', '.', '漢', 'é', '😀'),
          }),
          fc.array(fc.constantFrom('the', 'ing', 'un', 'ness', 'ation')).map((all) => all.join('')),
        ),
        (text) => {
          expect(count(text)).toBe(expected(text));
        },
      ),
      { numRuns: 500 },
    ));

  it('take words of special tokens as text', () => {
    expect(count('<|endoftext|>')).toBe(expected('<|endoftext|>'));
    expect(count('<|endoftext|>')).toBeGreaterThan(1);
  });

  it.each([
    ['one letter', (n: number) => 'a'.repeat(n)],
    [
      'letters that differ',
      (n: number) =>
        Array.from({ length: n }, (_, at) => String.fromCharCode(97 + ((at * 7919) % 26))).join(''),
    ],
    ['blanks', (n: number) => ' '.repeat(n)],
    ['marks', (n: number) => '.'.repeat(n)],
    ['lines', (n: number) => '\n'.repeat(n)],
    ['letters outside the vocabulary', (n: number) => '\u{1F9FF}'.repeat(n / 4)],
  ])('of a megabyte of %s are counted', (_, make) => {
    const text = make(1_000_000);
    const tokens = count(text);
    expect(tokens).toBeGreaterThan(0);
    expect(tokens).toBeLessThanOrEqual(Buffer.byteLength(text));
  });
});
