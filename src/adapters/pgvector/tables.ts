import pg from 'pg';
import type { FeatureView } from '#domain/feature-view.ts';
import { sha256 } from '#domain/hash.ts';

/** The quoted names of one collection, safe to put into statements. */
export type Tables = {
  /** The view's id, for messages. */
  readonly id: string;
  /** The collection's key in `COLLECTIONS`. */
  readonly collection: string;
  /** One row for each point: span of epochs, vector, what filters ask for, payload. */
  readonly points: string;
  /** Terms of points that are not sealed yet, one row for each batch (see `postings.ts`). */
  readonly unsealed: string;
  /** Points by term, one or more rows for each bucket of terms (see `postings.ts`). */
  readonly postings: string;
  /** Name of the approximate index over the vectors. */
  readonly hnsw: string;
  /** Names of the indexes of what a selective filter asks for. */
  readonly tags: string;
  readonly documents: string;
};

const SCHEMA = 'lockstep_index';
export const COLLECTIONS = `${SCHEMA}.collections`;

/** Postgres cuts longer names short without a word, and two could become one. */
const NAME_LENGTH_MAX = 40;
/** A vector of up to this many bytes stays in its row, where a scan reads it without a detour. */
const INLINE_BYTES_MAX = 6_000;
/** Any number that nobody else locks. */
const LOCK = 5_316_214_871;

export function tablesOf({ id, collection }: Pick<FeatureView, 'id' | 'collection'>): Tables {
  const short =
    /^[a-z0-9_]*$/.test(collection) && collection.length <= NAME_LENGTH_MAX
      ? collection
      : sha256(collection).slice(0, NAME_LENGTH_MAX);
  const name = (kind: string) => pg.escapeIdentifier(`${kind}_${short}`);
  return {
    id,
    collection,
    points: `${SCHEMA}.${name('points')}`,
    unsealed: `${SCHEMA}.${name('unsealed')}`,
    postings: `${SCHEMA}.${name('postings')}`,
    hnsw: name('hnsw'),
    tags: name('tags'),
    documents: name('documents'),
  };
}

/**
 * One multi-statement query, hence one transaction, that creates what is missing of a collection.
 * `version` is the transaction that wrote last, so a collection that was dropped and made again has
 * a new one; \`removed\` counts points that postings still tell of. The lock is for two processes that start at once: `if not exists` alone fails on that race.
 */
export const createStatement = (tables: Tables, dimension: number): string => `
  select pg_advisory_xact_lock(${LOCK});
  create extension if not exists vector;
  create schema if not exists ${SCHEMA};
  create table if not exists ${COLLECTIONS} (
    name text primary key,
    dimension integer not null,
    version xid8 not null default pg_current_xact_id(),
    number_next integer not null default 1,
    approximate boolean not null default false,
    removed integer not null default 0
  );
  alter table ${COLLECTIONS} add column if not exists removed integer not null default 0;
  create table if not exists ${tables.points} (
    no integer not null,
    from_epoch bigint not null,
    to_epoch bigint not null,
    id uuid primary key,
    dense vector(${dimension}) not null,
    document_id uuid not null,
    source_name text not null,
    language text,
    tags text[] not null,
    published bigint,
    payload text not null
  ) with (fillfactor = 90);
  alter table ${tables.points} add column if not exists published bigint;
  alter table ${tables.points} alter payload set storage external,
    alter dense set storage ${4 * dimension <= INLINE_BYTES_MAX ? 'plain' : 'external'};
  create table if not exists ${tables.unsealed} (first_no integer primary key, terms bytea not null);
  alter table ${tables.unsealed} alter terms set storage external;
  create table if not exists ${tables.postings} (bucket integer not null, lists bytea not null);
  alter table ${tables.postings} alter lists set storage external;
  create index if not exists ${indexOf(tables.postings)} on ${tables.postings} (bucket);
  insert into ${COLLECTIONS} (name, dimension)
    values (${pg.escapeLiteral(tables.collection)}, ${dimension}) on conflict do nothing`;

const indexOf = (table: string): string => `${table.slice(SCHEMA.length + 1, -1)}_bucket"`;

export const dropStatement = (tables: Tables): string => `
  select pg_advisory_xact_lock(${LOCK});
  drop table if exists ${tables.points}, ${tables.unsealed}, ${tables.postings};
  delete from ${COLLECTIONS} where name = ${pg.escapeLiteral(tables.collection)}`;
