import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { clean } from '#features/clean/clean.ts';
import { extractPage } from '#features/extract/extract.ts';
import { judge } from '#features/validate/validate.ts';
import { rawPage } from '../raw-page.ts';

const SITE = 'datasets/sample/site';
const pages: readonly Buffer[] = [
  'posts/a-schema-for-documents',
  'posts/hnsw-with-filters',
  'tags/datasets',
].map((path) => readFileSync(`${SITE}/${path}/index.html`));

/** A cut, a copy or strange bytes somewhere in a page. */
type Mutation = (page: Buffer) => Buffer;

const place = fc.double({ min: 0, max: 1, noNaN: true });
const at = (page: Buffer, share: number) => Math.floor(share * page.length);
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, fc.nat(2_000)).map(([share, length]) => (page: Buffer) => {
    const start = at(page, share);
    return Buffer.concat([page.subarray(0, start), page.subarray(start + length)]);
  }),
  fc.tuple(place, place, fc.nat(2_000)).map(([from, to, length]) => (page: Buffer) => {
    const copy = page.subarray(at(page, from), at(page, from) + length);
    return Buffer.concat([page.subarray(0, at(page, to)), copy, page.subarray(at(page, to))]);
  }),
  fc
    .tuple(
      place,
      fc.oneof(
        fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
        fc
          .constantFrom(
            '\0',
            '<',
            '>',
            '"',
            '<!--',
            '<pre>',
            '</table>',
            '<td>',
            '<svg>',
            '</div></div>',
          )
          .map((text) => Buffer.from(text)),
      ),
    )
    .map(
      ([share, bytes]) =>
        (page: Buffer) =>
          Buffer.concat([page.subarray(0, at(page, share)), bytes, page.subarray(at(page, share))]),
    ),
);

it('makes a verdict of any page, however broken', { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...pages),
      fc.array(mutation, { minLength: 1, maxLength: 12 }),
      fc.constantFrom('text/html', 'text/html; charset=utf-16', 'application/xhtml+xml'),
      (page, mutations, contentType) => {
        const body = mutations.reduce<Buffer>((mutated, mutate) => mutate(mutated), page);
        const extracted = extractPage(rawPage(body, { contentType }));
        const post = clean(extracted);
        expect(post.metadata.title).not.toBe('');
        expect(post.markdown.isWellFormed()).toBe(true);
        expect(post.markdown).not.toMatch(/(?![\t\n])\p{Cc}/u);
        expect(extracted.linkShare).toBeLessThanOrEqual(1);
        expect(extracted.links.every((url) => URL.canParse(url))).toBe(true);
        expect(['accepted', 'rejected']).toContain(judge(post).kind);
      },
    ),
    { numRuns: 60 },
  );
});

it('gives the same page the same text', () => {
  for (const body of pages) {
    expect(extractPage(rawPage(body))).toEqual(extractPage(rawPage(Uint8Array.from(body))));
  }
});
