import type pg from 'pg';
import { isUuid, uuidArray } from './binary.ts';
import { BUCKETS, keptOf } from './postings.ts';
import { copyPostings } from './seal.ts';
import { COLLECTIONS, type Tables } from './tables.ts';
import { inTransaction } from './transaction.ts';
import { lockCollection } from './upsert.ts';

/** Postings are rewritten once they tell of more points that are gone than of others, and of this many. */
const REMOVED_MIN = 200;
/** Buckets that are rewritten at once. */
const BUCKETS_MAX = 256;

/** Deletes points; what postings say of them is no longer about anybody, and goes when it is much. */
export async function removePoints(
  pool: pg.Pool,
  tables: Tables,
  ids: readonly string[],
): Promise<void> {
  await inTransaction(pool, 'begin', async (client) => {
    await lockCollection(client, tables, 0);
    const { rowCount } = await client.query(
      `delete from ${tables.points} where id = any($1::uuid[])`,
      [uuidArray(ids.filter(isUuid))],
    );
    const { rows } = await client.query<{ removed: number; points: number }>(
      `update ${COLLECTIONS} set removed = removed + $2 where name = $1
       returning removed, (select count(*)::integer from ${tables.points}) as points`,
      [tables.collection, rowCount ?? 0],
    );
    const { removed = 0, points = 0 } = rows[0] ?? {};
    if (removed > Math.max(REMOVED_MIN, points)) await rewritePostings(client, tables);
  });
}

async function rewritePostings(client: pg.ClientBase, tables: Tables): Promise<void> {
  const { rows } = await client.query<{ numbers: Buffer | null }>(
    `select string_agg(int4send(no), ''::bytea) as numbers from ${tables.points}`,
  );
  const kept = numbersIn(rows[0]?.numbers ?? Buffer.alloc(0));
  for (let first = 0; first < BUCKETS; first += BUCKETS_MAX) {
    const taken = await client.query<{ bucket: number; lists: Buffer }>(
      `with taken as (
         delete from ${tables.postings} where bucket >= $1 and bucket < $2 returning bucket, lists)
       select bucket, string_agg(lists, ''::bytea) as lists from taken group by bucket`,
      [first, first + BUCKETS_MAX],
    );
    const left = taken.rows.map(({ bucket, lists }) => [bucket, keptOf(lists, kept)] as const);
    await copyPostings(client, tables, new Map(left.filter(([, lists]) => lists.length > 0)));
  }
  await client.query(`update ${COLLECTIONS} set removed = 0 where name = $1`, [tables.collection]);
}

function numbersIn(bytes: Buffer): ReadonlySet<number> {
  const numbers = new Set<number>();
  for (let at = 0; at < bytes.length; at += 4) numbers.add(bytes.readInt32BE(at));
  return numbers;
}
