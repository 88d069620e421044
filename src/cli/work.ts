import type { Command } from 'commander';
import type { JobOutcome } from '#jobs/run-job.ts';
import { startWorker, type WorkerEvent, type WorkerReport } from '#jobs/worker.ts';
import type { JobResult, TakenJob } from '#ports/job-queue.ts';
import { withExamples } from './examples.ts';
import { createJobHandlers } from './job-handlers.ts';
import type { Cli } from './lockstep.ts';
import { wholeNumber } from './parse.ts';
import { type Session, withSession } from './session.ts';

type WorkOptions = { readonly jobs: number; readonly once: boolean; readonly status: boolean };

const JOBS_DEFAULT = 1;
const JOBS_MAX = 64;
const FAILURES_MAX = 20;

export function addWorkCommand(program: Command, cli: Cli): void {
  const work = program
    .command('work')
    .description(
      'take up jobs until a signal: scheduled crawls and the like, and batches of publishing runs; ' +
        'any number of workers on any number of machines share them',
    )
    .option('--jobs <n>', 'jobs worked on at once', wholeNumber(1, JOBS_MAX), JOBS_DEFAULT)
    .option('--once', 'work until nothing is left to begin, then exit', false)
    .option('--status', 'say how the queues stand and what has failed, and exit', false);
  withExamples(work, ['work', 'work --jobs 4', 'work --once', 'work --status']).action(
    (options: WorkOptions, command) =>
      withSession(cli, command, async (session) => {
        if (options.status) return showStatus(session);
        const { jobs: jobsAtOnce, once } = options;
        session.out.line(
          `working on ${jobsAtOnce === 1 ? 'one job' : `up to ${jobsAtOnce} jobs`} at a time` +
            (once ? '' : '; stop with Ctrl-C'),
        );
        session.out.result(await runWorker(session, { jobsAtOnce, once }));
      }),
  );
}

/** A worker that says what it does; resolves when the session's signal aborts and nothing is in hand. */
export async function runWorker(
  session: Session,
  { jobsAtOnce, once }: { readonly jobsAtOnce: number; readonly once: boolean },
): Promise<WorkerReport> {
  const { lockstep, out, signal } = session;
  const { workBatch } = await import('#features/publish/work-batch.ts');
  const deps = {
    handlers: createJobHandlers(session),
    workBatch: (...[batch, held]: Parameters<Parameters<typeof lockstep.batches.shareOut>[2]>) =>
      workBatch(lockstep, batch, held),
    jobs: lockstep.jobs,
    schedules: lockstep.registry.schedules,
    clock: lockstep.clock,
  };
  const onEvent = (event: WorkerEvent) => {
    out.line(lineOf(event));
    if (event.kind === 'trouble') lockstep.log.warn('a worker is in trouble', faultOf(event.error));
  };
  return startWorker(deps, { jobsAtOnce, once, onEvent }, signal);
}

const faultOf = ({ code, message }: { readonly code: string; readonly message: string }) => ({
  code,
  why: message,
});

function lineOf(event: WorkerEvent): string {
  switch (event.kind) {
    case 'scheduled': {
      const { name, kind, missed, nextAt, queued } = event.started;
      const after = missed === 0 ? '' : `, for ${missed + 1} times that have passed`;
      const what = queued ? 'is queued' : 'is waiting already';
      return `  ${kind} ${name}: ${what} by its schedule${after}; next at ${nextAt}`;
    }
    case 'taken': {
      const again = event.attempt === 1 ? '' : `, attempt ${event.attempt}`;
      return `  ${nameOf(event.job)}: begun${again}`;
    }
    case 'settled': {
      const seconds = (event.tookMs / 1_000).toFixed(1);
      return `  ${nameOf(event.job)}: ${becameOf(event.outcome)} after ${seconds} s`;
    }
    case 'trouble':
      return `  ${event.error.message}`;
  }
}

function nameOf(job: TakenJob['job']): string {
  if (job.kind !== 'documents') return `${job.kind} ${job.subject}`;
  const { viewId, epoch, documentIds } = job.batch;
  return `${documentIds.length} documents of ${viewId}#${epoch}`;
}

function becameOf(outcome: JobOutcome): string {
  switch (outcome.kind) {
    case 'done':
      return `done${countsOf(outcome.result)}`;
    case 'retried':
      return `failed, and is tried again: ${outcome.error.message} –`;
    case 'failed':
      return `failed for good: ${outcome.error.message} –`;
    case 'lost':
      return 'dropped, since it is not ours any more,';
    case 'given_back':
      return `given back: ${outcome.error.message} –`;
  }
}

function countsOf(result: JobResult): string {
  const counts = Object.entries(result).filter(([, count]) => count > 0);
  return counts.length === 0
    ? ''
    : ` (${counts.map(([name, count]) => `${count} ${name}`).join(', ')})`;
}

async function showStatus({ lockstep, out }: Session): Promise<void> {
  const { jobs } = lockstep;
  const [queues, failures] = [await jobs.status(), await jobs.failures(FAILURES_MAX)];
  out.table(
    ['queue', 'waiting', 'active', 'failed', 'oldest'],
    queues.map(({ queue, waiting, active, failed, oldestAt }) => [
      queue,
      waiting,
      active,
      failed,
      oldestAt,
    ]),
  );
  for (const { queue, subject, attempts, code, message, failedAt } of failures) {
    out.line(`${failedAt}  ${queue} ${subject}, ${attempts} attempts: ${code}: ${message}`);
  }
  out.result({ queues, failures });
}
