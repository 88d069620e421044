import type { CrawlSummary } from '#domain/crawl-summary.ts';
import type { Document } from '#domain/document.ts';
import { AppError } from '#domain/errors.ts';
import type { Run } from '#domain/run.ts';
import type { PageState } from '#domain/source.ts';
import type { Registry } from '#ports/registry.ts';
import { type CrawlFacts, summarise } from './summarise.ts';

export type ReportDeps = {
  readonly registry: Pick<Registry, 'runs' | 'visits' | 'deadLetters' | 'documents' | 'pages'>;
};

/** Newest runs, of whatever kind, among which the crawl before is looked for. */
const RUNS_MAX = 5_000;

/** The subject of the runs that crawl a source. */
const crawlOf = (source: string): string => `source:${source}`;

/** What the newest crawl of a source did. Rejects with `not_found` when it was never crawled. */
export async function reportCrawl(deps: ReportDeps, source: string): Promise<CrawlSummary> {
  const run = await deps.registry.runs.last(crawlOf(source));
  if (run === null) {
    const message = `source ${source} was not crawled yet; lockstep crawl ${source} does.`;
    throw new AppError('not_found', message, { param: 'source' });
  }
  return summarise(await readFacts(deps, source, run));
}

async function readFacts({ registry }: ReportDeps, source: string, run: Run): Promise<CrawlFacts> {
  const before = await runBefore(registry, run);
  const states = await registry.pages.states(source);
  const own = await registry.documents.list(source);
  return {
    source,
    ...(await recordOf(registry, run)),
    states,
    documents: [...own, ...(await foreignOf(registry, own, states))],
    previous: before && (await recordOf(registry, before)),
  };
}

const recordOf = async ({ visits, deadLetters }: ReportDeps['registry'], run: Run) => ({
  run,
  visits: await visits.list(run.id),
  letters: await deadLetters.list({ runId: run.id }),
});

/** The newest crawl before this one that came to its end; else the newest that did not. */
async function runBefore({ runs }: Pick<Registry, 'runs'>, run: Run): Promise<Run | null> {
  const all = (await runs.list(RUNS_MAX)).filter(({ subject }) => subject === run.subject);
  const before = all.slice(all.findIndex(({ id }) => id === run.id) + 1);
  return before.find(({ status }) => status === 'done') ?? before[0] ?? null;
}

/** Documents of other sources that this one's repeat. */
async function foreignOf(
  { documents }: Pick<Registry, 'documents'>,
  own: readonly Document[],
  states: ReadonlyMap<string, PageState>,
): Promise<readonly Document[]> {
  const known = new Set(own.map(({ id }) => id));
  const named = [
    ...own.map(({ canonicalId }) => canonicalId),
    ...[...states.values()].map(({ documentId }) => documentId),
  ];
  const foreign = new Set(named.filter((id): id is string => id !== null && !known.has(id)));
  const found = [];
  for (const id of foreign) {
    const document = await documents.get(id);
    if (document !== null) found.push(document);
  }
  return found;
}
