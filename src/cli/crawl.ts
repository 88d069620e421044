import type { Command } from 'commander';
import { epochId } from '#domain/epoch.ts';
import { AppError } from '#domain/errors.ts';
import { type FeatureReport, runFeatures } from '#features/pipeline.ts';
import { withExamples } from './examples.ts';
import type { Cli } from './lockstep.ts';
import { type Session, withSession } from './session.ts';

export function addCrawlCommand(program: Command, cli: Cli): void {
  const crawl = program
    .command('crawl [source...]')
    .description('crawl sources and publish what changed as one epoch; all sources by default');
  withExamples(crawl, ['crawl', 'crawl blog.example', 'crawl --json']).action(
    (names: string[], _options, command) =>
      withSession(cli, command, async (session) => {
        const report = await crawlSources(session, names);
        describeFeatures(session, report);
        session.out.result({
          crawls: report.crawls,
          view: report.view.id,
          epoch: report.publish.epoch,
          counts: report.publish.counts,
        });
      }),
  );
}

/** Crawls the named sources, or all, and publishes. */
export async function crawlSources(
  { lockstep, progress, signal }: Session,
  names: readonly string[],
): Promise<FeatureReport> {
  const { registry, settings } = lockstep;
  const sources =
    names.length > 0
      ? await Promise.all(names.map((name) => registry.sources.get(name)))
      : await registry.sources.list();
  if (sources.length === 0) {
    throw new AppError(
      'not_found',
      'there is no source yet; register one: lockstep source add URL.',
    );
  }
  const report = await runFeatures(
    lockstep,
    {
      sources,
      view: { name: settings.viewName, tokensMax: settings.chunkTokensMax },
      userAgent: settings.userAgent,
    },
    progress.onProgress,
    signal,
  );
  progress.end();
  return report;
}

/** What each source gave, and what was published. */
export function describeFeatures({ out }: Session, report: FeatureReport): void {
  for (const { source, counts } of report.crawls) {
    const of = (name: string) => counts[name] ?? 0;
    out.line(
      `  ${source}: ${of('requests')} requests, ${of('fetched')} bodies, ${of('unchanged')} unchanged; ` +
        `${of('new')} new, ${of('changed')} changed, ${of('closed')} closed, ${of('rejected')} rejected`,
    );
    const reasons = Object.entries(counts)
      .filter(([name]) => name.startsWith('rejected.'))
      .map(([name, rows]) => `${rows} ${name.slice('rejected.'.length)}`);
    if (reasons.length > 0) out.line(`  rejected: ${reasons.join(', ')}`);
    if (of('beyondLimits') > 0) {
      out.line(
        `  ${of('beyondLimits')} URLs lay beyond the source's limits and were not asked for`,
      );
    }
  }
  const { view, publish } = report;
  const { documents, added, closed, kept, embedded } = publish.counts;
  out.line(
    `  ${documents} documents chunked: ${added} chunks added, ${closed} closed, ${kept} kept; ${embedded} embedded`,
  );
  out.line(
    publish.epoch === null
      ? `  nothing changed: ${epochId(view.id, view.publishedEpoch)} stays`
      : `  published ${epochId(view.id, publish.epoch.number)}: ` +
          `${publish.epoch.documents} documents, ${publish.epoch.chunks} chunks`,
  );
}
