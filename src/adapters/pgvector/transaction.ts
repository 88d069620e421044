import type pg from 'pg';

/** Runs statements on one connection between `begin` and `commit`; rolls back when they fail. */
export async function inTransaction<T>(
  pool: pg.Pool,
  begin: string,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  // Without a listener, a connection that breaks between two statements ends the process.
  const ignore = () => undefined;
  client.on('error', ignore);
  let broken = false;
  try {
    await client.query(begin);
    const outcome = await work(client);
    await client.query('commit');
    return outcome;
  } catch (thrown) {
    // A connection that cannot even roll back is not used again.
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
