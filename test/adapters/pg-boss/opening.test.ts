import { describe, expect, it } from 'vitest';
import { createPgBossQueues } from '#adapters/pg-boss/pg-boss-queues.ts';
import { createPool } from '#registry/database.ts';
import { createFakeClock } from '../../fakes/clock.ts';
import { createFakeLog } from '../../fakes/log.ts';
import { DATABASES } from './queue-bed.ts';

describe.each(DATABASES)('queues opened over %s', (_, start) => {
  it('are created once by processes that begin at the same time', async () => {
    const database = await start();
    const pools = [1, 2, 3].map(() =>
      createPool({ connection: database.connection, connectionsMax: 3 }),
    );
    const all = pools.map((pool) =>
      createPgBossQueues({ pool, clock: createFakeClock(), log: createFakeLog() }),
    );
    try {
      const queued = await Promise.all(
        all.map(({ jobs }) => jobs.enqueue({ kind: 'crawl', subject: 'posts' })),
      );
      expect(queued.toSorted()).toEqual(['queued', 'waiting_already', 'waiting_already']);
      expect(await all[2]?.jobs.take(['crawl'])).toMatchObject({ attempt: 1 });
    } finally {
      await Promise.all(all.map((queues) => queues.close()));
      await Promise.all(pools.map((pool) => pool.end()));
      await database.close();
    }
    const queue = all[0]?.jobs;
    await expect(queue?.enqueue({ kind: 'crawl', subject: 'x' })).rejects.toMatchObject({
      code: 'database_unavailable',
      retryable: true,
    });
  });
});
