import { type IndexFilter, type IndexQuery, publishedRangeOf } from '#ports/feature-index.ts';
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
  /** Whether to tell what the filter lets through. */
  readonly matching: boolean;
};

/**
 * All that a search reads, in one statement and hence of one state: the dense ranking, the postings
 * of the asked terms, and what the filter lets through. Packed, since a row or a number in text
 * costs more than finding it.
 */
export function askStatement(asked: Asked): Statement {
  const { tables, query, vector, buckets, approximate } = asked;
  const parameters = createParameters();
  const { filter } = query;
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
          breadth: approximate ? parameters.add(String(breadthFor(query.limit)), 'text') : '',
          at: parameters.add(vector, 'vector'),
        });
  const postings =
    buckets.length === 0
      ? 'null'
      : `(select string_agg(lists, ''::bytea) from ${tables.postings}
           where bucket = any(${parameters.add(buckets, 'integer[]')}))`;
  const matched = !asked.matching
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
  readonly breadth: string;
  readonly at: string;
}): string {
  const { tables, approximate, where, limit, breadth, at } = dense;
  // The exact ranking sorts by a computed score, which no index can be mistaken to serve.
  const order = approximate ? `p.dense <#> ${at}` : `0 - (p.dense <#> ${at}) desc, p.id desc`;
  const ranked = `select p.id, 0 - (p.dense <#> ${at}) as score from ${tables.points} p
                   where ${approximate ? 'settings.made and ' : ''}${where}
                   order by ${order} limit ${limit}`;
  const from = approximate
    ? `${scanSettings(breadth)}, lateral (${ranked}) ranked`
    : `(${ranked}) ranked`;
  return `(select string_agg(uuid_send(id) || float8send(score), ''::bytea) from ${from})`;
}

/**
 * An index scan that goes on until enough points match; both bounds on it are pgvector's largest,
 * since a search that gives up early loses points to the filter. The ranking needs a value of this
 * row, so that the settings are made before its scan begins; they end with the transaction.
 */
const scanSettings = (breadth: string): string => `
  (select bool_and(set_config(name, value, true) is not null) as made
     from (values ('hnsw.iterative_scan', 'strict_order'), ('hnsw.max_scan_tuples', '2147483647'),
                  ('hnsw.scan_mem_multiplier', '1000'), ('hnsw.ef_search', ${breadth}))
          as setting (name, value)) settings`;

/** pgvector's largest `hnsw.ef_search`, and its default. */
const BREADTH_MAX = 1_000;
const BREADTH_MIN = 40;
/**
 * The scan looks at three times the limit at first: recall at 100 is then .997 on 20,000 points
 * around 300 centres, at a fifth of an exact scan's time.
 */
const breadthFor = (limit: number): number =>
  Math.max(BREADTH_MIN, Math.min(BREADTH_MAX, 3 * Math.trunc(limit)));

/** Up to `max` points of a query's epoch that its filter lets through, counted. */
export function countStatement(tables: Tables, query: IndexQuery, max: number): Statement {
  const parameters = createParameters();
  const seen = visibleAt(parameters, query.epoch);
  return {
    text: `select count(*)::integer as points from (
             select 1 from ${tables.points} p where ${seen} and ${matching(parameters, query.filter)}
              limit ${parameters.add(max, 'integer')}) counted`,
    values: parameters.values,
  };
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
  const { tags = [], documentId } = filter;
  const conditions = ['true'];
  const any = (column: string, values: readonly string[] | undefined) => {
    if (values === undefined) return;
    conditions.push(`${column} = any(${parameters.add(values, 'text[]')})`);
  };
  any('p.source_name', filter.sourceNames);
  any('p.language', filter.languages);
  if (tags.length > 0) conditions.push(`p.tags @> ${parameters.add(tags, 'text[]')}`);
  if (documentId !== undefined) {
    conditions.push(
      isUuid(documentId) ? `p.document_id = ${parameters.add(documentId, 'uuid')}` : 'false',
    );
  }
  const { from, to } = publishedRangeOf(filter);
  if (from !== null) conditions.push(`p.published >= ${parameters.add(from, 'bigint')}`);
  if (to !== null) conditions.push(`p.published <= ${parameters.add(to, 'bigint')}`);
  return conditions.join(' and ');
}
