import pg from 'pg';

/** The tables of a database as they were once, to be had again as often as one likes. */
export type SavedTables = {
  /** Brings all rows back, and removes those that came since. */
  restore(): Promise<void>;
  close(): Promise<void>;
};

/** Copies every table of the schema `public` beside it, into `saved`. Needs a superuser. */
export async function saveTables(connection: pg.PoolConfig): Promise<SavedTables> {
  const client = new pg.Client(connection);
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    "select quote_ident(tablename) as name from pg_tables where schemaname = 'public'",
  );
  const names = rows.map(({ name }) => name);
  const copies = names.map((name) => `create table saved.${name} as table public.${name};`);
  await client.query(
    `drop schema if exists saved cascade; create schema saved; ${copies.join(' ')}`,
  );
  const backs = names.map(
    (name) => `insert into public.${name} overriding system value select * from saved.${name};`,
  );
  // Rows may come in an order that their references would not allow.
  const restoring =
    `begin; set local session_replication_role = replica; ` +
    `truncate ${names.map((name) => `public.${name}`).join(', ')}; ${backs.join(' ')} commit;`;
  return {
    restore: async () => void (await client.query(restoring)),
    close: () => client.end(),
  };
}
