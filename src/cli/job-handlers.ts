import type { JobHandlers } from '#jobs/run-job.ts';
import type { JobResult } from '#ports/job-queue.ts';
import { crawlSources, publishChanges, viewRequestOf } from './crawl.ts';
import { QUIET } from './output.ts';
import { COST_MAX_DEFAULT, reembedBy, requireLeave } from './reembed.ts';
import { activeSources, isSample, isTaken, serveSample } from './sample.ts';
import type { Session } from './session.ts';
import { KEEP_DEFAULT } from './view-changes.ts';
import { verifyViews } from './view-verify.ts';

/** What the commands of the same names do, for a worker: their subject is the name of the views. */
export function createJobHandlers(session: Session): JobHandlers {
  const quiet = (signal: AbortSignal): Session => ({
    ...session,
    // Its counts are told when it has ended, and its run is on record.
    out: QUIET,
    progress: { onProgress: () => undefined, end: () => undefined },
    signal,
  });
  return {
    crawl: (_, signal) => crawlAll(quiet(signal)),
    publish: async (_, signal) => (await publishChanges(quiet(signal))).publish.counts,
    reembed: (_, signal) => reembedNow(quiet(signal)),
    verify: async (name, signal) => {
      const of = quiet(signal);
      const verified = await verifyViews(of, await viewsNamed(of, name), false);
      return { views: verified.length };
    },
    vacuum: (name, signal) => vacuumAll(quiet(signal), name),
  };
}

/** Crawls all sources and publishes; fails with those that could not be had, once it has. */
async function crawlAll(session: Session): Promise<JobResult> {
  const all = await activeSources(session);
  // lockstep up keeps the sample served, and crawls it.
  const site = all.some(isSample) ? await serveSample(session).catch(unlessTaken) : null;
  const sources = site === null ? all.filter((source) => !isSample(source)) : all;
  try {
    const { report, problem } = await crawlSources(session, sources);
    if (problem !== null) throw problem;
    const of = (name: string) =>
      report.crawls.reduce((sum, { counts }) => sum + (counts[name] ?? 0), 0);
    const { added, closed, embedded } = report.publish.counts;
    return {
      requests: of('requests'),
      new: of('new'),
      changed: of('changed'),
      gone: of('closed'),
      added,
      closed,
      embedded,
    };
  } finally {
    await site?.close();
  }
}

function unlessTaken(thrown: unknown): null {
  if (!isTaken(thrown)) throw thrown;
  return null;
}

async function reembedNow(session: Session): Promise<JobResult> {
  const { lockstep, signal } = session;
  const { planReembed } = await import('#features/view/reembed.ts');
  const request = { settings: viewRequestOf(lockstep), changes: {} };
  const plan = await planReembed(lockstep, request, signal);
  requireLeave(plan.estimate, { costMax: COST_MAX_DEFAULT, yes: false });
  const { publishes } = await reembedBy(session, request, plan);
  const embedded = publishes.reduce((sum, { counts }) => sum + counts.embedded, 0);
  return { epochs: publishes.length, embedded };
}

async function vacuumAll(session: Session, name: string): Promise<JobResult> {
  const { lockstep, progress, signal } = session;
  const { vacuum } = await import('#features/view/vacuum.ts');
  let removed = 0;
  const views = await viewsNamed(session, name);
  for (const view of views) {
    const request = { view, keep: KEEP_DEFAULT, dryRun: false };
    removed += (await vacuum(lockstep, request, progress.onProgress, signal)).removed;
  }
  return { views: views.length, removed };
}

const viewsNamed = async ({ lockstep }: Session, wanted: string) =>
  (await lockstep.registry.views.list()).filter(
    ({ name, droppedAt }) => name === wanted && droppedAt === null,
  );
