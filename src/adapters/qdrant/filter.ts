import { type IndexFilter, publishedRangeOf } from '#ports/feature-index.ts';
import type { QdrantSchemas } from './requests.ts';

export type Filter = { readonly must: QdrantSchemas['FieldCondition'][] };

/** What a reader at an epoch sees. */
export const visibleAt = (epoch: number): Filter => ({
  must: [
    { key: 'from', range: { lte: epoch } },
    { key: 'to', range: { gt: epoch } },
  ],
});

/** No epoch is below 0, so no point is older. */
export const NOTHING: Filter = { must: [{ key: 'from', range: { lt: 0 } }] };

/** What a reader at an epoch sees through a filter; `null` when that is nothing. */
export function filterOf(epoch: number, filter: IndexFilter): Filter | null {
  const { sourceNames, languages, tags = [], documentId } = filter;
  if (documentId !== undefined && !isUuid(documentId)) return null;
  if (sourceNames?.length === 0 || languages?.length === 0) return null;
  const { must } = visibleAt(epoch);
  const one = (key: string, value: string | undefined) => {
    if (value !== undefined) must.push({ key, match: { value } });
  };
  const any = (key: string, values: readonly string[] | undefined) => {
    if (values !== undefined) must.push({ key, match: { any: [...values] } });
  };
  any('source', sourceNames);
  any('language', languages);
  for (const tag of tags) one('tags', tag);
  one('document', documentId);
  const { from, to } = publishedRangeOf(filter);
  if (from !== null || to !== null) {
    const range = { ...(from === null ? {} : { gte: from }), ...(to === null ? {} : { lte: to }) };
    must.push({ key: 'published', range });
  }
  return { must };
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const isUuid = (text: string): boolean => UUID.test(text);
