import { uuidOf } from '#domain/hash.ts';
import {
  type FailedJob,
  type Job,
  type JobQueue,
  QUEUE_NAMES,
  type QueueName,
  type QueueStatus,
} from '#ports/job-queue.ts';
import { KEEP_SECONDS, SCHEMA, termsOf } from './boss.ts';
import type { HoldParts } from './hold.ts';
import type { Payload, Take } from './take.ts';

const STATUS = `
  select name as queue,
         count(*) filter (where state < 'active')::int as waiting,
         count(*) filter (where state = 'active')::int as active,
         count(*) filter (where state = 'failed')::int as failed,
         min(created_on) filter (where state < 'active') as "oldestAt"
  from ${SCHEMA}.job where name = any($1) group by name`;

const FAILURES = `
  select id, name as queue, data as payload, output as error, retry_count + 1 as attempts,
         completed_on as "failedAt"
  from ${SCHEMA}.job where name = any($1) and state = 'failed'
  order by completed_on desc, id limit $2`;

const OVER = `
  delete from ${SCHEMA}.job
  where state > 'active' and completed_on < now() - $1 * interval '1 s'`;

type StatusRow = Omit<QueueStatus, 'oldestAt'> & { readonly oldestAt: Date | null };

type FailureRow = Pick<FailedJob, 'id' | 'queue' | 'attempts'> & {
  readonly payload: Payload;
  readonly error: { readonly code?: string; readonly message?: string } | null;
  readonly failedAt: Date;
};

export function createJobQueue({ boss, times }: HoldParts, take: Take): JobQueue {
  return {
    enqueue: async (job, once) => {
      const id = once === undefined ? null : uuidOf('job', job.kind, job.subject, once);
      const queued = await boss.use((vendor) =>
        vendor.send(job.kind, payloadOf(job), {
          ...termsOf(job.kind, times),
          singletonKey: job.subject,
          ...(id !== null && { id }),
        }),
      );
      return queued === null ? 'waiting_already' : 'queued';
    },
    take: (queues) => take(queues),
    status: async () => {
      const rows = await boss.query<StatusRow>(STATUS, [QUEUE_NAMES]);
      const found = new Map(rows.map((row) => [row.queue, row]));
      return QUEUE_NAMES.map((queue) => statusOf(queue, found.get(queue)));
    },
    failures: async (limit) => {
      const rows = await boss.query<FailureRow>(FAILURES, [QUEUE_NAMES, limit]);
      return rows.map(({ payload, error, failedAt, ...row }) => ({
        ...row,
        subject: 'batch' in payload ? payload.batch.viewId : payload.subject,
        code: error?.code ?? 'internal',
        message: error?.message ?? 'it was failed without an error.',
        failedAt: failedAt.toISOString(),
      }));
    },
    // Not by the vendor's own maintenance, which ends what has run for a day, however alive it is.
    tidy: async () => void (await boss.query(OVER, [KEEP_SECONDS])),
  };
}

const payloadOf = ({ subject }: Job): Payload => ({ subject });

function statusOf(queue: QueueName, row: StatusRow | undefined): QueueStatus {
  if (row === undefined) return { queue, waiting: 0, active: 0, failed: 0, oldestAt: null };
  return { ...row, queue, oldestAt: row.oldestAt?.toISOString() ?? null };
}
