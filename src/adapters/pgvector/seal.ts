import type pg from 'pg';
import { BYTEA_OID, binaryArray, integerArray } from './binary.ts';
import { sealedOf } from './postings.ts';
import { COLLECTIONS, type Tables } from './tables.ts';
import { lockCollection } from './upsert.ts';

/** Unsealed batches that are regrouped at once: some tens of megabytes. */
const BATCHES_MAX = 128;
/** Rows of one statement. */
const BUCKETS_MAX = 4_096;
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
    const sealed = [...sealedOf(taken.rows.map(({ terms }) => terms))];
    for (let at = 0; at < sealed.length; at += BUCKETS_MAX) {
      const some = sealed.slice(at, at + BUCKETS_MAX);
      await client.query(
        `insert into ${tables.postings} (bucket, lists)
         select * from unnest($1::integer[], $2::bytea[])`,
        [
          integerArray(some.map(([bucket]) => bucket)),
          binaryArray(
            BYTEA_OID,
            some.map(([, lists]) => lists),
          ),
        ],
      );
    }
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

/**
 * Builds the approximate index once an exact scan would be the slower one. pgvector leaves no vector
 * out of an index by inner product; one by cosine would lack those of zeros.
 */
export async function ensureApproximate(pool: pg.Pool, tables: Tables): Promise<void> {
  await pool.query(
    `create index if not exists ${tables.hnsw} on ${tables.points} using hnsw (dense vector_ip_ops)`,
  );
  await pool.query(`update ${COLLECTIONS} set approximate = true where name = $1`, [
    tables.collection,
  ]);
}
