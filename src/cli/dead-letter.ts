import { type Command, Option } from 'commander';
import type { DeadLetter } from '#domain/document.ts';
import { AppError, type ErrorCode } from '#domain/errors.ts';
import type { PageState } from '#domain/source.ts';
import { crawlSource, describeFeatures, publishChanges } from './crawl.ts';
import { withExamples } from './examples.ts';
import { knownUrl } from './known-url.ts';
import type { Cli, Lockstep } from './lockstep.ts';
import { errorCode } from './parse.ts';
import { isSample, serveSample } from './sample.ts';
import { type Session, withSession } from './session.ts';

const STAGES = ['discover', 'fetch', 'extract', 'clean', 'validate', 'dedupe'] as const;

const codeOption = () =>
  new Option('--code <code>', 'only those with this code, such as timeout').argParser(errorCode);

export function addRejects(source: Command, cli: Cli): void {
  const rejects = source
    .command('rejects <name>')
    .description('list the pages that did not become documents or failed since, and why')
    .addOption(codeOption())
    .addOption(new Option('--stage <stage>', 'only those that gave up there').choices(STAGES));
  withExamples(rejects, [
    'source rejects sample',
    'source rejects blog.example --code timeout',
    'source rejects blog.example --stage validate --json',
  ]).action((name: string, filter: { code?: ErrorCode; stage?: string }, command) =>
    withSession(cli, command, async ({ lockstep, out }) => {
      await lockstep.registry.sources.get(name);
      const { code, stage } = filter;
      const letters = (await readRejects(lockstep, name)).letters.filter(
        (letter) =>
          (code === undefined || letter.code === code) &&
          (stage === undefined || letter.stage === stage),
      );
      out.table(
        ['code', 'stage', 'url', 'reason'],
        letters.map((letter) => [letter.code, letter.stage, letter.url, letter.message]),
      );
      out.result(letters);
    }),
  );
}

type Rejects = {
  /** The newest letter of each page, by code and URL. */
  readonly letters: readonly DeadLetter[];
  readonly states: ReadonlyMap<string, PageState>;
};

/** Pages of a source that are no documents now, or that failed when they were last asked for. */
async function readRejects(
  { registry }: Pick<Lockstep, 'registry'>,
  sourceName: string,
): Promise<Rejects> {
  const states = await registry.pages.states(sourceName);
  const seen = new Set<string>();
  const letters = (await registry.deadLetters.list({ sourceName })).filter(({ url, at }) => {
    if (seen.has(url)) return false;
    seen.add(url);
    const state = states.get(url);
    return state?.outcome !== 'document' || at > state.checkedAt;
  });
  letters.sort((a, b) => (`${a.code} ${a.url}` < `${b.code} ${b.url}` ? -1 : 1));
  return { letters, states };
}

type RetryOptions = { readonly code?: ErrorCode; readonly all: boolean };

export function addRetry(source: Command, cli: Cli): void {
  const retry = source
    .command('retry <name> [url...]')
    .description(
      'ask again for rejected pages and publish what came of it; by default for all that may be ' +
        'another time what they were not',
    )
    .addOption(codeOption())
    .option(
      '--all',
      'also those of which asking again gives the same, unless the site changed',
      false,
    );
  withExamples(retry, [
    'source retry blog.example',
    'source retry blog.example --code timeout',
    'source retry blog.example https://blog.example/post',
  ]).action((name: string, urls: string[], options: RetryOptions, command) =>
    withSession(cli, command, async (session) => {
      const { lockstep, out } = session;
      const found = await lockstep.registry.sources.get(name);
      const chosen = choose(name, await readRejects(lockstep, name), { urls, ...options });
      if (chosen.urls.length === 0) {
        out.line(chosen.why);
        out.result({ urls: [], crawls: [], epoch: null });
        return;
      }
      const site = isSample(found) ? await serveSample(session) : null;
      try {
        const report = await ask(session, { source: found, only: chosen.urls });
        out.result({
          urls: chosen.urls,
          crawls: report.crawls,
          view: report.view.id,
          epoch: report.publish.epoch,
          counts: report.publish.counts,
        });
      } finally {
        await site?.close();
      }
    }),
  );
}

async function ask(session: Session, request: Parameters<typeof crawlSource>[1]) {
  const crawled = await crawlSource(session, request);
  session.progress.end();
  const report = { ...(await publishChanges(session)), crawls: [crawled] };
  describeFeatures(session, report);
  return report;
}

type Choice = RetryOptions & { readonly urls: readonly string[] };

/** The URLs to ask for again, or why there are none. Throws `invalid_input` of unknown ones. */
function choose(
  name: string,
  { letters, states }: Rejects,
  { urls: named, code, all }: Choice,
): { readonly urls: readonly string[]; readonly why: string } {
  const wanted = new Set(named.map(knownUrl));
  const rejected = new Set(letters.map(({ url }) => url));
  for (const url of wanted) {
    if (rejected.has(url)) continue;
    const message =
      `${url} is no reject of source ${name}; ` + `lockstep source rejects ${name} lists them.`;
    throw new AppError('invalid_input', message, { param: 'url' });
  }
  const matching = letters
    .filter(({ url }) => wanted.size === 0 || wanted.has(url))
    .filter((letter) => code === undefined || letter.code === code);
  // Whoever names a page wants it asked for.
  const urls = matching
    .filter(({ retryable }) => retryable || all || wanted.size > 0)
    .filter(({ url }) => !isListing(states.get(url)))
    .map(({ url }) => url);
  return { urls, why: urls.length === 0 ? whyNone(name, matching, states) : '' };
}

/** Feeds and sitemaps are no pages: every crawl reads them. */
const isListing = (state: PageState | undefined): boolean =>
  state?.outcome === 'feed' || state?.outcome === 'sitemap';

function whyNone(
  name: string,
  matching: readonly DeadLetter[],
  states: ReadonlyMap<string, PageState>,
): string {
  if (matching.length === 0) return `source ${name} has no such rejects`;
  if (matching.every(({ url }) => isListing(states.get(url)))) {
    return `only feeds and sitemaps failed; lockstep crawl ${name} reads them again`;
  }
  return (
    `none of the ${matching.length} rejects may be another time what it was not; ` +
    '--all asks for them nevertheless'
  );
}
