import type pg from 'pg';
import type { Db } from 'pg-boss';

type Rows = { readonly rows: Record<string, unknown>[] };

/** How pg-boss reaches the pool that everything else uses too. */
export const executorOf = (pool: pg.Pool): Db => ({
  executeSql: (text, values) => onConnection(pool, async (client) => run(client, text, values)),
});

/** pg-boss sends whole transactions as one text; the rows of all its statements are its answer. */
async function run(client: pg.PoolClient, text: string, values?: unknown[]): Promise<Rows> {
  const result: unknown = await client.query(text, values);
  const results = (Array.isArray(result) ? result : [result]) as readonly Partial<Rows>[];
  return { rows: results.flatMap(({ rows }) => rows ?? []) };
}

async function onConnection<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  // Without a listener, a connection that breaks between two statements ends the process.
  const ignore = () => undefined;
  client.on('error', ignore);
  let broken = false;
  try {
    return await work(client);
  } catch (thrown) {
    // Outside a transaction this is a notice; a connection that cannot even do it is not used again.
    broken = await client.query('rollback').then(
      () => false,
      () => true,
    );
    throw thrown;
  } finally {
    client.off('error', ignore);
    client.release(broken);
  }
}
