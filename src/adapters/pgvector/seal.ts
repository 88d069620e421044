import type pg from 'pg';
import { copyInto, createCopyRows } from './copy.ts';
import { sealedOf } from './postings.ts';
import { COLLECTIONS, type Tables } from './tables.ts';
import { inTransaction } from './transaction.ts';
import { lockCollection } from './upsert.ts';

/** Unsealed batches that are regrouped at once: some tens of megabytes. */
const BATCHES_MAX = 128;
/** A bucket in more rows than this gets them merged into one. */
const SEGMENTS_MAX = 32;

/** Regroups what was upserted by term, in the transaction at hand. */
export async function sealPostings(client: pg.ClientBase, tables: Tables): Promise<void> {
  await lockCollection(client, tables, 0);
  for (;;) {
    const taken = await client.query<{ terms: Buffer }>(
      `delete from ${tables.unsealed} where first_no in
         (select first_no from ${tables.unsealed} order by first_no limit ${BATCHES_MAX})
       returning terms`,
    );
    if (taken.rows.length === 0) break;
    await copyPostings(client, tables, sealedOf(taken.rows.map(({ terms }) => terms)));
  }
  await client.query(
    `with many as (
       select bucket from ${tables.postings} group by bucket having count(*) > ${SEGMENTS_MAX}),
     taken as (
       delete from ${tables.postings} where bucket in (select bucket from many)
       returning bucket, lists)
     insert into ${tables.postings} (bucket, lists)
     select bucket, string_agg(lists, ''::bytea) from taken group by bucket`,
  );
}

/** Adds rows of postings, by bucket. */
export async function copyPostings(
  client: pg.ClientBase,
  { postings }: Tables,
  lists: ReadonlyMap<number, Buffer>,
): Promise<void> {
  const rows = createCopyRows();
  for (const [bucket, list] of lists) {
    rows.row(2);
    rows.integer(bucket);
    rows.bytes(list);
  }
  await copyInto(client, `${postings} (bucket, lists)`, rows.end());
}

/** pgvector's default number of neighbours, twice that at the lowest level, of 8 bytes each. */
const NEIGHBOURS_BYTES = 400;
/** What a graph that does not fit is built without, several times slower. */
const BUILD_MB_MAX = 1_024;
const BUILD_MB_MIN = 64;

/**
 * Builds the approximate index once an exact scan would be the slower one. pgvector leaves no vector
 * out of an index by inner product; one by cosine would lack those of zeros.
 */
export async function ensureApproximate(
  pool: pg.Pool,
  tables: Tables,
  { points, dimension }: { readonly points: number; readonly dimension: number },
): Promise<void> {
  const needed = Math.ceil((points * (4 * dimension + NEIGHBOURS_BYTES)) / 2 ** 20);
  const memory = Math.max(BUILD_MB_MIN, Math.min(BUILD_MB_MAX, 2 * needed));
  await inTransaction(pool, 'begin', async (client) => {
    await client.query(`set local maintenance_work_mem = '${memory}MB'`);
    await client.query(
      `create index if not exists ${tables.hnsw} on ${tables.points}
         using hnsw (dense vector_ip_ops)`,
    );
    // Of few points, an exact scan is better: these find them.
    await client.query(
      `create index if not exists ${tables.tags} on ${tables.points} using gin (tags);
       create index if not exists ${tables.documents} on ${tables.points} (document_id)`,
    );
    await client.query(`update ${COLLECTIONS} set approximate = true where name = $1`, [
      tables.collection,
    ]);
  });
}
