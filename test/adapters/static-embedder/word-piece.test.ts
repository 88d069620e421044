import { existsSync, globSync, readFileSync } from 'node:fs';
import { Tokenizer } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadTokenizer } from '#adapters/static-embedder/load-tokenizer.ts';

const ODD_TEXTS: readonly string[] = [
  '',
  ' \t\r\n ',
  'Don\'t re-index "v1.2.3"!',
  'e\u0301 É ﬁ Å ñ ǅ İstanbul ß ς',
  '漢字かな交じり文 한국어 ไทย',
  '𝒽𝑒𝓁𝓁𝑜 \u{10330}',
  'a\u00a0b\u2028c\u3000d\u200be\ufefff\u00adg',
  'nul\u0000 bell\u0007 del\u007f \ufffd \ue000',
  '👩‍👩‍👧 🇫🇷 ☃️ 1️⃣',
  '\ud800 a\udc00b \udfff\ud800',
  '[UNK] [PAD] [CLS]x[SEP] [MASK]s [unk]',
  '$100 €5 ¥ a^b `c` ~d |e <f>',
  '¿qué? ¡no! «ça» „so“ 「本」 ‽',
  'x'.repeat(99),
  'x'.repeat(101),
  'é'.repeat(100),
  '😀'.repeat(60),
  'hyper-para­meter\u0300\u0301\u0302',
  'ΟΔΥΣΣΕΥΣ ΣΑΣ. aΣ a.Σ ΣΣ',
  'Привет, Мир! ёлка Й',
  'हिन्दी में கணினி ქართული עִבְרִית العَرَبِيَّة',
  '한국어를 공부해요. ガギグ 、。',
  'deadbeef'.repeat(9),
  'aZ09'.repeat(24),
];

const sample = [
  ...globSync('datasets/sample/posts/*.md'),
  ...globSync('models/*/README.md'),
  'README.md',
].filter((file) => existsSync(file));

const folders = ['models/lockstep-static-en-v1', '../shared/models/potion-base-4M-int8'];

/**
 * Where the JavaScript port is not what the original is: it reads code units, so it never knows the
 * ideographs beyond U+FFFF, and it keeps characters that Unicode has not assigned.
 */
const ELSEWHERE = /[\p{Cn}\u{20000}-\u{2fa1f}]/u;

describe.each(folders)('the tokenizer of %s (skipped when it is not there)', (folder) => {
  const file = `${folder}/tokenizer.json`;
  const there = existsSync(file);
  const json: unknown = there ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const { tokenize } = there ? loadTokenizer(file, json) : { tokenize: () => never() };
  const theirs = there ? new Tokenizer(json as object, {}) : null;

  /** As Hugging Face's implementation tokenises, without special tokens. */
  function expectSame(text: string): void {
    const { ids, length } = tokenize(text);
    const expected = theirs?.encode(text, { add_special_tokens: false }).ids;
    expect([...ids.subarray(0, length)]).toEqual(expected);
  }

  it.skipIf(!there).each(ODD_TEXTS)('agrees on %j', expectSame);

  it.skipIf(!there)('agrees on the sample posts and the READMEs', () => {
    expect(sample.length).toBeGreaterThan(40);
    for (const name of sample) {
      for (const paragraph of readFileSync(name, 'utf8').split('\n\n')) expectSame(paragraph);
    }
  });

  it.skipIf(!there)('agrees on any string', () => {
    const marks = fc.constantFrom(
      'a',
      'É',
      '\u0301',
      '\u200d',
      '\ud83d',
      '\ude00',
      '.',
      '漢',
      ' ',
      '#',
      '[',
    );
    const any = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.string({ unit: marks, maxLength: 40 }),
      fc
        .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 })
        .map((units) => String.fromCharCode(...units)),
    );
    const same = fc.property(
      any.filter((text) => !ELSEWHERE.test(text)),
      expectSame,
    );
    fc.assert(same, { numRuns: 1_500 });
  });

  it.skipIf(!there)('takes ideographs one by one and drops what is not assigned', () => {
    const length = (text: string) => tokenize(text).length;
    expect(length('\u{20000}\u{2a6df}x')).toBe(3);
    expect(length('\ufada\u0378')).toBe(0);
  });

  it.skipIf(!there)('gives the same from its memory as at first sight', () => {
    const first = ODD_TEXTS.map((text) => ids(tokenize(text)));
    expect(ODD_TEXTS.map((text) => ids(tokenize(text)))).toEqual(first);
  });
});

const ids = (found: { readonly ids: Int32Array; readonly length: number }): readonly number[] => [
  ...found.ids.subarray(0, found.length),
];

function never(): never {
  throw new Error('the model is not there');
}
