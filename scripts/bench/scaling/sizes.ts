import type pg from 'pg';

/** Every table of the database with what belongs to it (indexes, long values), the largest first. */
export async function tableBytes(
  pool: Pick<pg.Pool, 'query'>,
): Promise<readonly { readonly table: string; readonly bytes: number }[]> {
  const { rows } = await pool.query<{ table: string; bytes: string }>(`
    select n.nspname || '.' || c.relname as table, pg_total_relation_size(c.oid) as bytes
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema', 'drizzle')
      and pg_total_relation_size(c.oid) > 100000
    order by 2 desc`);
  return rows.map(({ table, bytes }) => ({ table, bytes: Number(bytes) }));
}
