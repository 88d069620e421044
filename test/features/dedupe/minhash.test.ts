import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jaccard, shinglesOf } from '#domain/minhash.ts';
import {
  estimateSimilarity,
  SIGNATURE,
  SIGNATURE_BYTES,
  signatureOf,
} from '#features/dedupe/minhash.ts';
import { visibleText } from '#features/dedupe/visible-text.ts';
import { createWriter } from './texts.ts';

const text = (count: number, prefix = 'w') =>
  Array.from({ length: count }, (_, at) => `${prefix}${at}`).join(' ');

const signed = (markdown: string): Uint8Array => {
  const signature = signatureOf(markdown);
  if (signature === null) throw new Error('the text is too short');
  return signature;
};

describe('signatureOf', () => {
  it('has 512 bytes, the same for the same text in every process', () => {
    const signature = signed(text(100));
    expect(signature.length).toBe(SIGNATURE_BYTES);
    expect(SIGNATURE).toEqual({ name: 'minhash', version: 1 });
    // Stored signatures are compared with new ones: other bytes need another version.
    expect(Buffer.from(signature.subarray(0, 8)).toString('hex')).toBe('d8096b9f1ddedde3');
  });

  it('judges no text of less than 24 words, nor one that says the same again and again', () => {
    expect(signatureOf(text(23))).toBeNull();
    expect(signatureOf(text(24))).not.toBeNull();
    expect(signatureOf('na '.repeat(500))).toBeNull();
    expect(signatureOf('')).toBeNull();
  });

  it.each([
    ['case', text(60).toUpperCase()],
    ['line breaks', text(60).replaceAll(' ', '\n')],
    ['punctuation and markup', text(60).replaceAll('w7 ', '**w7**, ').replaceAll('w30', '# w30')],
    ['where links lead', text(60).replace('w9', '[w9](https://copy.example/a/b?c "w0")')],
    ['where images are', text(60).replace('w9', '![w9](<https://i.example/a b.png>)')],
  ])('does not see %s', (_name, markdown) => {
    expect(signatureOf(markdown)).toEqual(signatureOf(text(60)));
  });

  it('sees code, by which pages that explain it in the same words differ', () => {
    const page = (name: string) => `${text(60)}\n\n\`\`\`js\n${text(60, name)}\n\`\`\``;
    expect(estimateSimilarity(signed(page('a')), signed(page('b')))).toBeLessThan(0.6);
  });

  it('takes texts in a script without spaces', () => {
    const chinese =
      '这是一个关于检索系统的长篇文章我们在其中讨论了如何把文档切成小块并且为每一块计算向量';
    expect(estimateSimilarity(signed(chinese), signed(`${chinese}。`))).toBe(1);
    expect(
      estimateSimilarity(signed(chinese), signed(chinese.replace('向量', '摘要'))),
    ).toBeLessThan(1);
  });

  it('takes time in proportion to a text, also of brackets alone', () => {
    for (const piece of ['](', '](a', '](()', '](a "', '![', '[]()', '](\\(', '](<']) {
      const markdown = piece.repeat(200_000);
      expect(visibleText(markdown).length).toBeLessThanOrEqual(markdown.length);
    }
  });
});

describe('visibleText', () => {
  it.each([
    ['[a](https://b.example/)', '[a]'],
    ['[a](https://b.example/c_(d)) e', '[a] e'],
    ['[a](<b c> "d") e', '[a] e'],
    ["[![x](y.png)](z 'w')", '[![x]]'],
    ['f(a)[0](b c)', 'f(a)[0](b c)'],
    ['see https://b.example/', 'see https://b.example/'],
  ])('of %s is %s', (markdown, expected) => expect(visibleText(markdown)).toBe(expected));
});

describe('estimateSimilarity', () => {
  it('is 1 of a text and itself, the same either way round, and about 0 of others', () => {
    const [a, b] = [signed(text(300)), signed(text(300, 'x'))];
    expect(estimateSimilarity(a, a)).toBe(1);
    expect(estimateSimilarity(a, b)).toBeLessThan(0.02);
    expect(estimateSimilarity(a, b)).toBe(estimateSimilarity(b, a));
  });

  it('is the similarity of the shingles but for chance', () => {
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0, max: 0.2, noNaN: true }), (seed, share) => {
        const { words, reword } = createWriter(seed);
        const original = words(200);
        const [a, b] = [original, reword(original, share)].map((list) => list.join(' '));
        const exact = jaccard(shinglesOf(a ?? ''), shinglesOf(b ?? ''));
        const estimate = estimateSimilarity(signed(a ?? ''), signed(b ?? ''));
        // Five standard deviations of 256 draws: one miss in two million.
        expect(Math.abs(estimate - exact)).toBeLessThan(5 * Math.sqrt(0.25 / 256));
      }),
    );
  });
});
