import type { Command } from 'commander';
import { epochId } from '#domain/epoch.ts';
import { AppError, ERROR_CODES, toAppError } from '#domain/errors.ts';
import type { Source } from '#domain/source.ts';
import type { CrawlReport, CrawlRequest } from '#features/crawl/crawl.ts';
import type { ViewRequest } from '#features/ensure-view.ts';
import type { FeatureReport } from '#features/pipeline.ts';
import { type CrawlReports, createCrawlReports } from './crawl-reports.ts';
import { withExamples } from './examples.ts';
import type { Cli, Lockstep } from './lockstep.ts';
import { activeSources, isSample, isTaken, serveSample } from './sample.ts';
import { type Session, withSession } from './session.ts';

type CrawlOptions = { readonly report?: string; readonly fresh: boolean };

export function addCrawlCommand(program: Command, cli: Cli): void {
  const crawl = program
    .command('crawl [source...]')
    .description('crawl sources and publish what changed as one epoch; all sources by default')
    .option('--report <file>', 'write what the crawl did as an HTML page')
    .option('--fresh', 'begin anew instead of taking up a crawl that was cut off', false);
  withExamples(crawl, [
    'crawl',
    'crawl blog.example --report report.html',
    'crawl --fresh',
    'crawl --json',
  ]).action((names: string[], options: CrawlOptions, command) =>
    withSession(cli, command, async (session) => {
      const reports = await createCrawlReports(session, options.report ?? null);
      const { report, problem } = await crawlNamed(session, names, { ...options, reports });
      describeFeatures(session, report);
      session.out.result({
        crawls: report.crawls,
        view: report.view.id,
        epoch: report.publish.epoch,
        counts: report.publish.counts,
        summaries: await reports.finish(),
      });
      if (problem !== null) throw problem;
    }),
  );
}

async function crawlNamed(
  session: Session,
  names: readonly string[],
  options: CrawlSourcesOptions,
): Promise<Crawled> {
  const { sources: registered } = session.lockstep.registry;
  const sources =
    names.length > 0
      ? await Promise.all([...new Set(names)].map((name) => registered.get(name)))
      : await activeSources(session);
  if (sources.length === 0) {
    throw new AppError(
      'not_found',
      'there is no source yet; register one: lockstep source add URL.',
    );
  }
  // lockstep up keeps the sample served; here it is served for as long as the crawl takes.
  const site = sources.some(isSample) ? await serveSample(session).catch(unlessOthers) : null;
  const left = site === null ? sources.filter((source) => !isSample(source)) : sources;
  try {
    return await crawlSources(session, left, options);
  } finally {
    await site?.close();
  }

  function unlessOthers(thrown: unknown): null {
    if (!isTaken(thrown) || names.length > 0 || sources.length === 1) throw thrown;
    session.out.line(`  sample is left out: ${toAppError(thrown).message}`);
    return null;
  }
}

export type Crawled = {
  readonly report: FeatureReport;
  /** Why sources could not be crawled, or gave no document at all; the others are published. */
  readonly problem: AppError | null;
};

type CrawlSourcesOptions = {
  readonly fresh?: boolean;
  /** Told of every crawl that has ended, however it did. */
  readonly reports?: CrawlReports;
};

/** Crawls the sources and publishes; rejects when none of them could be crawled. */
export async function crawlSources(
  session: Session,
  sources: readonly Source[],
  { fresh = false, reports }: CrawlSourcesOptions = {},
): Promise<Crawled> {
  const { progress, signal } = session;
  const crawls: CrawlReport[] = [];
  const problems: AppError[] = [];
  for (const source of sources) {
    try {
      crawls.push(await crawlSource(session, { source, fresh }));
      await reports?.note(source.name);
    } catch (thrown) {
      const problem = toAppError(thrown);
      problems.push(problem);
      // Who holds the lease writes the report of its own crawl.
      if (problem.code !== 'lease_held') await reports?.note(source.name);
      signal.throwIfAborted();
    }
  }
  progress.end();
  if (crawls.length === 0 && sources.length > 0) throw together(problems);
  for (const { source, runId } of crawls) {
    const problem = await emptiness(session, source, runId);
    if (problem !== null) problems.push(problem);
  }
  const report = { ...(await publishChanges(session)), crawls };
  return { report, problem: problems.length === 0 ? null : together(problems) };
}

/** Crawls one source, or asks for some of its pages alone; publishes nothing yet. */
export async function crawlSource(
  { lockstep, progress, signal }: Session,
  request: Pick<CrawlRequest, 'source' | 'fresh' | 'only'>,
): Promise<CrawlReport> {
  // The parsers of pages take a while to load, and only crawling needs them.
  const { crawl } = await import('#features/crawl/crawl.ts');
  const { userAgent } = lockstep.settings;
  const fetcher = isSample(request.source) ? lockstep.loopbackFetcher : lockstep.fetcher;
  const deps = { ...lockstep, fetcher };
  return crawl(deps, { ...request, userAgent }, progress.onProgress, signal);
}

/** Publishes what was recorded since the last epoch, without asking anybody for anything. */
export async function publishChanges(session: Session): Promise<FeatureReport> {
  const { lockstep, progress, signal } = session;
  const { userAgent } = lockstep.settings;
  const { runFeatures } = await import('#features/pipeline.ts');
  const request = { sources: [], view: viewRequestOf(lockstep), userAgent };
  const report = await runFeatures(lockstep, request, progress.onProgress, signal);
  progress.end();
  return report;
}

/** The view that the settings ask for. */
export const viewRequestOf = ({ settings }: Pick<Lockstep, 'settings'>): ViewRequest => ({
  name: settings.viewName,
  embedder: null,
  chunker: settings.chunker,
});

const REASONS_MAX = 3;

/** Why a source has no document, from the dead letters of its crawl; `null` when it has one. */
async function emptiness(
  { lockstep }: Session,
  source: string,
  runId: string,
): Promise<AppError | null> {
  const { documents, deadLetters } = lockstep.registry;
  if ((await documents.list(source)).some(({ status }) => status === 'live')) return null;
  const letters = await deadLetters.list({ runId });
  const [first] = letters;
  const same = letters.every(({ code }) => code === first?.code);
  const code = same ? ERROR_CODES.find((known) => known === first?.code) : undefined;
  const reasons = letters.slice(0, REASONS_MAX).map(({ message }) => message);
  if (letters.length > REASONS_MAX) reasons.push(`and ${letters.length - REASONS_MAX} more`);
  return new AppError(
    code ?? 'no_content',
    `source ${source} gave no document: ${reasons.join('; ') || 'no page was found'}. ` +
      `lockstep source rejects ${source} lists every page and its reason.`,
    { param: 'source' },
  );
}

function together(problems: readonly AppError[]): AppError {
  const [first] = problems;
  if (first !== undefined && problems.length === 1) return first;
  const message = problems.map((problem) => problem.message).join('\n');
  const retryable = problems.every((problem) => problem.retryable);
  return new AppError(first?.code ?? 'internal', message, { retryable, param: 'source' });
}

/** What each source gave, and what was published. */
export function describeFeatures({ out }: Session, report: FeatureReport): void {
  for (const { source, counts, isUnfinished } of report.crawls) {
    const of = (name: string) => counts[name] ?? 0;
    out.line(
      `  ${source}: ${of('requests')} requests, ${of('fetched')} bodies, ${of('unchanged')} unchanged; ` +
        `${of('new')} new, ${of('changed')} changed, ${of('closed')} closed, ${of('rejected')} rejected`,
    );
    const reasons = Object.entries(counts)
      .filter(([name]) => name.startsWith('rejected.'))
      .map(([name, rows]) => `${rows} ${name.slice('rejected.'.length)}`);
    if (reasons.length > 0) {
      out.line(`  rejected: ${reasons.join(', ')}; lockstep source rejects ${source} says why`);
    }
    if (of('beyondLimits') > 0) {
      out.line(
        `  ${of('beyondLimits')} URLs lay beyond the source's limits and were not asked for`,
      );
    }
    if (isUnfinished) {
      out.line('  it came to the end of its time; the next crawl goes on where it stopped');
    }
  }
  const { view, publish } = report;
  const { documents, added, closed, kept, embedded } = publish.counts;
  out.line(
    `  ${documents} documents chunked: ${added} chunks added, ${closed} closed, ${kept} kept; ${embedded} embedded`,
  );
  const { epoch } = publish;
  if (epoch !== null) {
    const { documents: inAll, chunks } = epoch;
    out.line(`  published ${epochId(view.id, epoch.number)}: ${inAll} documents, ${chunks} chunks`);
  } else if (view.publishedEpoch > 0) {
    out.line(`  nothing changed: ${epochId(view.id, view.publishedEpoch)} stays`);
  } else {
    out.line(`  nothing to publish: ${view.id} has no epoch yet`);
  }
  for (const { viewId, epoch: other, problem } of report.others) {
    if (problem !== null) out.line(`  ${viewId} is in use and stays as it is: ${problem}`);
    else if (other !== null) out.line(`  published ${epochId(viewId, other)}, which is in use too`);
  }
}
