import { describe, expect, it } from 'vitest';
import { BM25_SPEC, createBm25Encoder, termIndexOf } from '#adapters/bm25/bm25-encoder.ts';
import { sparseEncoderContract } from '../../contracts/sparse-encoder.ts';

describe('bm25', () => {
  sparseEncoderContract(createBm25Encoder);
  const { terms, encodeDocument, encodeQuery } = createBm25Encoder();

  it.each([
    ['Rolling back the index', ['roll', 'back', 'index']],
    ['What is the index and how do I roll it back?', ['index', 'roll', 'back']],
    ['getUserById', ['get', 'user', 'id', 'getuserbyid']],
    ['XMLHttpRequest', ['xml', 'http', 'request', 'xmlhttprequest']],
    ['max_tokens=512', ['max', 'token', 'max_token', '512']],
    ['fs.readFile(path)', ['fs', 'read', 'file', 'fs.readfil', 'path']],
    ['ends here. Next one', ['end', 'here', 'next', 'one']],
    ['pgvector 0.8.1', ['pgvector', '0.8.1']],
    ['v1.2', ['v1', '2', 'v1.2']],
    ['--dry-run', ['dri', 'run', 'dry-run']],
    ['state-of-the-art', ['state', 'art', 'state-of-the-art']],
    ['max-poolSize', ['max', 'pool', 'size', 'poolsiz', 'max-pools']],
    ['2026-01-02', ['2026', '01', '02', '2026-01-02']],
    ['a - b -- c-', ['b', 'c']],
    ["don't doesn’t user's", ['user']],
    ['Zürich café', ['zürich', 'café']],
    ['cafe\u0301 ﬁle Ｗｉｄｅ', ['café', 'file', 'wide']],
    ['ИНДЕКС индекс', ['индекс', 'индекс']],
    ['検索エンジン', ['検索', '索エ', 'エン', 'ンジ', 'ジン']],
    ['漢 v2漢字', ['漢', '漢字', 'v2']],
    ['😀 — …', []],
  ])('takes %s apart', (text, expected) => {
    expect(terms(text)).toEqual(expected);
  });

  it.each([
    ['getUserById', ['getuserbyid', 'getUserById', 'user', 'GETUSERBYID']],
    ['max_tokens', ['max_tokens', 'MAX_TOKENS', 'token', 'max-tokens']],
    ['fs.readFile', ['fs.readFile', 'readFile', 'read file']],
    ['tokio-util', ['tokio-util', 'Tokio', 'util', 'tokio_util']],
  ])('finds %s whole and by its parts', (identifier, questions) => {
    const passage = new Set(encodeDocument(`call ${identifier} first`).indices);
    for (const question of questions) {
      expect(encodeQuery(question).indices.some((index) => passage.has(index))).toBe(true);
    }
  });

  it('asks a view of version 1 as it was built, without whole hyphened words', () => {
    const first = createBm25Encoder({ version: 1 });
    expect(first.spec).toEqual({ ...BM25_SPEC, version: 1 });
    expect(first.terms('--dry-run of max_tokens')).toEqual([
      'dri',
      'run',
      'max',
      'token',
      'max_token',
    ]);
    expect(() => createBm25Encoder({ version: 3 })).toThrow(/no version 3/);
  });

  it('weighs as its formula says', () => {
    const { k1, b, termsAverage } = BM25_SPEC;
    const text = 'lease lease lease epoch publish';
    const { indices, values } = encodeDocument(text);
    const weight = values[indices.indexOf(termIndexOf('leas'))];
    const saturation = k1 * (1 - b + (b * 5) / termsAverage);
    expect(weight).toBeCloseTo((3 * (k1 + 1)) / (3 + saturation), 12);
  });

  it('takes another average length, and says so', () => {
    const short = createBm25Encoder({ termsAverage: 10 });
    expect(short.spec).toEqual({ ...BM25_SPEC, termsAverage: 10 });
    const text = 'one two three four five six seven eight nine ten eleven twelve';
    expect(short.encodeDocument(text).values[0]).toBeLessThan(encodeDocument(text).values[0] ?? 0);
  });

  it('hashes as FNV-1a does', () => {
    expect(termIndexOf('')).toBe(0x811c9dc5);
    expect(termIndexOf('a')).toBe(0xe40c292c);
    expect(termIndexOf('foobar')).toBe(0xbf9cf968);
  });

  it.each([
    ['one word', (n: number) => 'a'.repeat(n)],
    ['one identifier of humps', (n: number) => 'aB'.repeat(n / 2)],
    ['one word of dots', (n: number) => 'a.'.repeat(n / 2)],
    [
      'words that differ',
      (n: number) => Array.from({ length: n / 6 }, (_, w) => `w${w}`).join(' '),
    ],
    ['marks without letters', (n: number) => '\u0301'.repeat(n)],
    ['characters that decompose', (n: number) => '\ufdfa'.repeat(n / 10)],
    ['unspaced script', (n: number) => '漢'.repeat(n)],
    ['apostrophes', (n: number) => "'".repeat(n)],
    ['one word of hyphens', (n: number) => 'a-'.repeat(n / 2)],
    ['hyphens', (n: number) => '-'.repeat(n)],
  ])('takes a megabyte of %s', (_, make) => {
    const text = make(1_000_000);
    const { indices, values } = encodeDocument(text);
    expect(values).toHaveLength(indices.length);
    expect(values.every(Number.isFinite)).toBe(true);
  });
});
