import { QUEUE_TIMES } from '#adapters/pg-boss/options.ts';
import { createPgBossQueues, type PgBossQueues } from '#adapters/pg-boss/pg-boss-queues.ts';
import { systemClock } from '#adapters/system/system.ts';
import type { Clock } from '#ports/system.ts';
import { createPool } from '#registry/database.ts';
import { startPglite } from '../../fakes/embedded-postgres.ts';
import { createFakeLog } from '../../fakes/log.ts';
import { startRealPostgres } from '../../fakes/real-postgres.ts';

/** Queues of several processes over one database. */
export type QueueBed = {
  /** Another process; its heart beats by the clock given. */
  open(clock?: Clock): PgBossQueues;
  /** Empties every queue. */
  reset(): Promise<void>;
  /** As if nobody who has a job in hand had been heard of for a minute. */
  silence(): Promise<void>;
  /** As if every wait for another attempt were over. */
  hasten(): Promise<void>;
  /** Resolves when no statement is under way. */
  idle(): Promise<void>;
  query<T>(text: string, values?: readonly unknown[]): Promise<readonly T[]>;
  close(): Promise<void>;
};

export const DATABASES = [
  ['the embedded database', startPglite],
  ['Postgres', startRealPostgres],
] as const;

export async function openQueueBed(start: (typeof DATABASES)[number][1]): Promise<QueueBed> {
  const database = await start();
  const pool = createPool({ connection: database.connection, connectionsMax: 8 });
  const opened: PgBossQueues[] = [];
  const query = async (text: string, values: readonly unknown[] = []) =>
    (await pool.query(text, [...values])).rows;
  return {
    open: (clock = systemClock) => {
      const queues = createPgBossQueues({
        pool,
        clock,
        log: createFakeLog(),
        times: { ...QUEUE_TIMES, lookMs: 0, pollMs: 5, retrySeconds: { documents: 0, jobs: 0 } },
      });
      opened.push(queues);
      return queues;
    },
    reset: async () => {
      const found = await query("select to_regclass('lockstep_jobs.job') is not null as present");
      if (found[0]?.present) await query('delete from lockstep_jobs.job');
    },
    silence: async () => {
      await query("update lockstep_jobs.job set heartbeat_on = now() - interval '1 minute'");
    },
    hasten: async () => {
      await query("update lockstep_jobs.job set start_after = now() where state = 'retry'");
    },
    idle: async () => {
      for (let quiet = 0; quiet < 5; quiet += 1) {
        await new Promise((resolve) => setImmediate(resolve));
        if (pool.waitingCount > 0 || pool.idleCount < pool.totalCount) quiet = 0;
      }
    },
    query,
    close: async () => {
      await Promise.all(opened.map((queues) => queues.close()));
      await pool.end();
      await database.close();
    },
  };
}
