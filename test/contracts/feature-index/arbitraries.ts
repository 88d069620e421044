import fc from 'fast-check';
import { uuidOf } from '#domain/hash.ts';
import type { IndexFilter, IndexQuery } from '#ports/feature-index.ts';
import { ask, terms } from './points.ts';

/** Small numbers, so that equal scores and equal vectors are frequent. */
const vector = fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: -2, max: 2 })));

/** The top bit of an unsigned 32-bit index is part of it. */
const term = fc.constantFrom(0, 1, 2, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff);

const sparse = fc
  .uniqueArray(fc.tuple(term, fc.constantFrom(0.5, 1, 1.75)), { selector: ([index]) => index })
  .map((pairs) => terms(...pairs));

export const parts = fc.record({
  dense: vector,
  sparse,
  sourceName: fc.constantFrom('blog', 'news'),
  language: fc.constantFrom('en', 'fr', null),
  tags: fc.subarray(['a', 'b c']),
  documentId: fc.constantFrom(uuidOf('one'), uuidOf('two')),
  publishedAt: fc.constantFrom(
    null,
    'some day',
    '2026-01-02',
    '2026-01-02T23:59:59.999Z',
    '2026-01-03T01:00:00+02:00',
    '2026-03-04T05:06:07Z',
  ),
});

export type Parts = typeof parts extends fc.Arbitrary<infer Of> ? Of : never;

const day = fc.constantFrom('2026-01-02', '2026-01-03T00:00:00Z', '2026-02-01', '2027-01-01');

const filter: fc.Arbitrary<IndexFilter> = fc.record(
  {
    sourceNames: fc.subarray(['blog', 'news', 'nowhere']),
    languages: fc.subarray(['en', 'fr', 'de']),
    tags: fc.subarray(['a', 'b c', 'b']),
    documentId: fc.constantFrom(uuidOf('one'), uuidOf('three'), 'no uuid'),
    publishedFrom: day,
    publishedTo: day,
  },
  { requiredKeys: [] },
);

const FIELDS: readonly (keyof IndexFilter)[] = [
  ...(['sourceNames', 'languages', 'tags'] as const),
  ...(['documentId', 'publishedFrom', 'publishedTo'] as const),
];

/** Few of a filter's fields at once, or hardly anything would come through. */
const someFilter = fc
  .tuple(filter, fc.subarray([...FIELDS], { maxLength: 2 }))
  .map(([full, picked]) =>
    Object.fromEntries(Object.entries(full).filter(([key]) => picked.some((one) => one === key))),
  );

export const query: fc.Arbitrary<IndexQuery> = fc
  .record({
    dense: vector,
    sparse,
    filter: fc.oneof(someFilter, filter),
    limit: fc.integer({ min: 1, max: 15 }),
  })
  .map(({ dense, ...rest }) => ask({ ...rest, dense: Float32Array.from(dense) }));
