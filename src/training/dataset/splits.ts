import type { Split } from '#domain/dataset.ts';
import type { Revision } from '#domain/document.ts';
import { hashOf } from '#domain/hash.ts';
import type { Drop } from '../curate/curate.ts';
import { clustersOf } from '../curate/near-duplicates.ts';
import { documentsOf, type Row, type SplitRows } from './row.ts';

/** Where in [0, 1) validation and test begin. */
const VALIDATION_FROM = 0.8;
const TEST_FROM = 0.9;

/**
 * The split of every document that rows show. A document's place is a hash of the seed and of its
 * cluster of near-duplicates, so documents that arrive later move no other. Where validation or
 * test would be empty, the clusters nearest to them move up.
 */
export async function splitsOf(
  revisions: readonly Revision[],
  rows: readonly Row[],
  { seed, signal }: { readonly seed: number; readonly signal: AbortSignal },
): Promise<ReadonlyMap<string, Split>> {
  const clusters = await clustersOf(
    revisions.map(({ markdown }) => markdown),
    signal,
  );
  const byCluster = Map.groupBy(revisions, (_, at) => clusters[at] ?? at);
  const shown = new Set(rows.flatMap(documentsOf));
  const places = [...byCluster.values()].flatMap((members): readonly Place[] => {
    const ids = members.map(({ documentId }) => documentId).sort();
    const documents = ids.filter((id) => shown.has(id));
    return documents.length === 0 ? [] : [{ documents, place: placeOf(seed, ids[0] ?? '') }];
  });
  places.sort((a, b) => b.place - a.place);
  const { tests, validations } = countsOf(places);
  return new Map(
    places.flatMap(({ documents }, index) => {
      const held = index < tests + validations ? 'validation' : 'train';
      const split = index < tests ? 'test' : held;
      return documents.map((documentId): [string, Split] => [documentId, split]);
    }),
  );
}

type Place = { readonly documents: readonly string[]; readonly place: number };

/** How many of the places, from the highest down, are test, and how many validation. */
function countsOf(places: readonly Place[]): { tests: number; validations: number } {
  const from = (start: number) => places.filter(({ place }) => place >= start).length;
  const least = places.length >= 3 ? 1 : 0;
  const tests = Math.min(Math.max(from(TEST_FROM), least), places.length - 2 * least);
  const validations = Math.max(from(VALIDATION_FROM) - tests, least);
  return { tests, validations: Math.min(validations, places.length - tests - least) };
}

/** Uniform in [0, 1): the first 48 bits of a hash. */
const placeOf = (seed: number, documentId: string): number =>
  Number.parseInt(hashOf({ seed, documentId }).slice(0, 12), 16) / 2 ** 48;

/** Rows by split; a row whose documents stand in several splits belongs to none and is dropped. */
export function splitRows(
  rows: readonly Row[],
  splits: ReadonlyMap<string, Split>,
  drop: Drop,
): SplitRows {
  const sorted: Record<Split, Row[]> = { train: [], validation: [], test: [] };
  for (const row of rows) {
    const [split, ...others] = new Set(documentsOf(row).map((id) => splits.get(id)));
    if (split === undefined || others.length > 0) drop('across_splits');
    else sorted[split].push(row);
  }
  return sorted;
}
