import { AppError } from '#domain/errors.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import { DENSE } from './collection.ts';
import { isUuid } from './filter.ts';
import { documentOf, spanOf } from './payload.ts';
import type { QdrantSchemas, Requests } from './requests.ts';

/** Ids or vectors of one request, spans of one page. */
export const IDS_MAX = 1_000;
const VECTORS_MAX = 256;
const SCAN_MAX = 5_000;

type Reading = {
  readonly requests: Requests;
  readonly view: FeatureView;
  readonly signal: AbortSignal;
};

/** What of a record is read, besides its id, and how many at once. */
const PARTS = {
  payload: { with_payload: true, with_vector: false, max: IDS_MAX },
  document: { with_payload: ['document'], with_vector: false, max: IDS_MAX },
  vector: { with_payload: false, with_vector: [DENSE], max: VECTORS_MAX },
};

/** Records by id, with a part of them. */
export async function readRecords(
  { requests, view, signal }: Reading,
  ids: readonly string[],
  part: keyof typeof PARTS,
): Promise<ReadonlyMap<string, QdrantSchemas['Record']>> {
  const records = new Map<string, QdrantSchemas['Record']>();
  const { max, ...parts } = PARTS[part];
  for (const some of partsOf([...new Set(ids.filter(isUuid))], max)) {
    const found = await requests.send(view, signal, (api, init) =>
      api.getPoints({ collection_name: view.collection, ids: some, ...parts }, init),
    );
    for (const record of found) records.set(String(record.id), record);
  }
  return records;
}

/** Documents of points, by the point's id. */
export async function readDocuments(
  reading: Reading,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const records = await readRecords(reading, ids, 'document');
  return new Map([...records].map(([id, record]) => [id, documentOf(reading.view, record)]));
}

export function vectorOf(
  id: string,
  { vector }: QdrantSchemas['Record'],
): [string, Float32Array][] {
  const dense: unknown = vector == null ? undefined : Reflect.get(vector, DENSE);
  return Array.isArray(dense) ? [[id, Float32Array.from(dense)]] : [];
}

export async function* scanSpans(requests: Requests, view: FeatureView, signal: AbortSignal) {
  let offset: string | null = null;
  for (;;) {
    const page: QdrantSchemas['ScrollResult'] = await requests.send(view, signal, (api, init) =>
      api.scrollPoints(
        {
          collection_name: view.collection,
          limit: SCAN_MAX,
          with_payload: ['from', 'to'],
          with_vector: false,
          ...(offset === null ? {} : { offset }),
        },
        init,
      ),
    );
    for (const record of page.points) yield spanOf(view, record);
    const next: unknown = page.next_page_offset ?? null;
    if (next === null) return;
    if (next === offset) {
      throw new AppError('upstream_unavailable', `Qdrant gave page ${String(next)} twice.`);
    }
    offset = String(next);
  }
}

export function* partsOf<T>(all: readonly T[], max: number): Generator<T[]> {
  for (let at = 0; at < all.length; at += max) yield all.slice(at, at + max);
}
