import type { IndexFilter, IndexQuery } from '#ports/feature-index.ts';
import { isUuid } from './binary.ts';
import { COLLECTIONS, type Tables } from './tables.ts';

export type Statement = { readonly text: string; readonly values: readonly unknown[] };

export type AskedRow = {
  readonly version: string;
  readonly approximate: boolean;
  /** 16 bytes of id and a float64 score for each point. */
  readonly dense: Buffer | null;
  /** The asked terms' buckets, joined. */
  readonly postings: Buffer | null;
  /** An int32 for each point that the filter lets through. */
  readonly matching: Buffer | null;
};

export type VisibleRow = {
  readonly version: string;
  /** An int32 number and 16 bytes of id for each point. */
  readonly points: Buffer | null;
};

/** Parameters of a statement, numbered as they are added. */
function createParameters() {
  const values: unknown[] = [];
  const add = (value: unknown, type: string): string => `$${values.push(value)}::${type}`;
  return { values, add };
}

type Parameters = ReturnType<typeof createParameters>;

export type Asked = {
  readonly tables: Tables;
  readonly query: IndexQuery;
  /** The query's vector in pgvector's binary form; `null` leaves the dense ranking out. */
  readonly vector: Buffer | null;
  /** Buckets of postings to read. */
  readonly buckets: readonly number[];
  /** Whether the dense ranking goes through the approximate index. */
  readonly approximate: boolean;
};

/**
 * All that a search reads, in one statement and hence of one state: the dense ranking, the postings
 * of the asked terms, and what the filter lets through. Packed, since a row or a number in text
 * costs more than finding it.
 */
export function askStatement({ tables, query, vector, buckets, approximate }: Asked): Statement {
  const parameters = createParameters();
  const { sparse, filter } = query;
  // Added only where it is used: Postgres refuses a parameter that its statement does not name.
  const wanted = () => `${visibleAt(parameters, query.epoch)} and ${matching(parameters, filter)}`;
  const dense =
    vector === null
      ? 'null'
      : denseRanking({
          tables,
          approximate,
          where: wanted(),
          limit: parameters.add(query.limit, 'integer'),
          at: parameters.add(vector, 'vector'),
        });
  const postings =
    buckets.length === 0
      ? 'null'
      : `(select string_agg(lists, ''::bytea) from ${tables.postings}
           where bucket = any(${parameters.add(buckets, 'integer[]')}))`;
  const matched =
    sparse === null || !isFiltered(filter)
      ? 'null'
      : `(select string_agg(int4send(p.no), ''::bytea) from ${tables.points} p where ${wanted()})`;
  return {
    text: `select version, approximate, ${dense} as dense, ${postings} as postings,
                  ${matched} as matching
             from ${COLLECTIONS} where name = ${parameters.add(tables.collection, 'text')}`,
    values: parameters.values,
  };
}

function denseRanking(dense: {
  readonly tables: Tables;
  readonly approximate: boolean;
  readonly where: string;
  readonly limit: string;
  readonly at: string;
}): string {
  const { tables, approximate, where, limit, at } = dense;
  // The exact ranking sorts by a computed score, which no index can be mistaken to serve.
  const order = approximate ? `p.dense <#> ${at}` : `0 - (p.dense <#> ${at}) desc, p.id desc`;
  return `(select string_agg(uuid_send(id) || float8send(score), ''::bytea) from (
             select p.id, 0 - (p.dense <#> ${at}) as score from ${tables.points} p
              where ${where} order by ${order} limit ${limit}) ranked)`;
}

export function visibleStatement(tables: Tables, epoch: number): Statement {
  const parameters = createParameters();
  const seen = visibleAt(parameters, epoch);
  return {
    text: `select version,
                  (select string_agg(int4send(p.no) || uuid_send(p.id), ''::bytea)
                     from ${tables.points} p where ${seen}) as points
             from ${COLLECTIONS} where name = ${parameters.add(tables.collection, 'text')}`,
    values: parameters.values,
  };
}

const visibleAt = (parameters: Parameters, epoch: number): string => {
  const at = parameters.add(epoch, 'bigint');
  return `p.from_epoch <= ${at} and p.to_epoch > ${at}`;
};

/** Whether a filter keeps anything back. */
export const isFiltered = (filter: IndexFilter): boolean =>
  Object.values(filter).some((wanted) => wanted !== undefined);

function matching(parameters: Parameters, filter: IndexFilter): string {
  const { sourceName, language, tag, documentId } = filter;
  const conditions = ['true'];
  if (sourceName !== undefined) {
    conditions.push(`p.source_name = ${parameters.add(sourceName, 'text')}`);
  }
  if (language !== undefined) conditions.push(`p.language = ${parameters.add(language, 'text')}`);
  if (tag !== undefined) conditions.push(`${parameters.add(tag, 'text')} = any(p.tags)`);
  if (documentId !== undefined) {
    conditions.push(
      isUuid(documentId) ? `p.document_id = ${parameters.add(documentId, 'uuid')}` : 'false',
    );
  }
  return conditions.join(' and ');
}
