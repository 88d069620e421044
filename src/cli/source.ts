import { type Command, Option } from 'commander';
import { CRAWL_LIMITS, SOURCE_KINDS, type Source, type SourceKind } from '#domain/source.ts';
import { withExamples } from './examples.ts';
import type { Cli } from './lockstep.ts';
import { parseWebAddress, wholeNumber } from './parse.ts';
import { withSession } from './session.ts';

type AddOptions = {
  readonly kind: SourceKind;
  readonly name?: string;
  readonly pagesMax: number;
  readonly depthMax: number;
  readonly concurrencyMax: number;
  readonly delayMs: number;
};

export function addSourceCommand(program: Command, cli: Cli): void {
  const source = program.command('source').description('register and look at sources of posts');
  addAdd(source, cli);

  const list = source.command('list').description('list the registered sources');
  withExamples(list, ['source list', 'source list --json']).action((_options, command) =>
    withSession(cli, command, async ({ lockstep, out }) => {
      const sources = await lockstep.registry.sources.list();
      out.table(
        ['name', 'kind', 'urls', 'since'],
        sources.map(({ name, kind, urls, createdAt }) => [name, kind, urls.join(' '), createdAt]),
      );
      out.result(sources);
    }),
  );

  const show = source.command('show <name>').description('show a source and its documents');
  withExamples(show, ['source show sample']).action((name: string, _options, command) =>
    withSession(cli, command, async ({ lockstep, out }) => {
      const found = await lockstep.registry.sources.get(name);
      const documents = await lockstep.registry.documents.list(name);
      out.line(`${found.name}: ${found.kind} of ${found.urls.join(', ')}`);
      out.table(
        ['document', 'status', 'first seen'],
        documents.map(({ url, status, firstSeenAt }) => [url, status, firstSeenAt]),
      );
      out.result({ ...found, documents });
    }),
  );

  const rejects = source
    .command('rejects <name>')
    .description('list the pages that did not become documents, and why');
  withExamples(rejects, ['source rejects sample']).action((name: string, _options, command) =>
    withSession(cli, command, async ({ lockstep, out }) => {
      await lockstep.registry.sources.get(name);
      const letters = await newestLetters(lockstep.registry, name);
      out.table(
        ['code', 'url', 'reason'],
        letters.map(({ code, url, message }) => [code, url, message]),
      );
      out.result(letters);
    }),
  );
}

/** The newest dead letter of each page that is no document now. */
async function newestLetters(
  registry: Parameters<Parameters<typeof withSession>[2]>[0]['lockstep']['registry'],
  sourceName: string,
) {
  const states = await registry.pages.states(sourceName);
  const seen = new Set<string>();
  const letters = await registry.deadLetters.list({ sourceName });
  return letters
    .filter(({ url }) => {
      if (seen.has(url) || states.get(url)?.outcome === 'document') return false;
      seen.add(url);
      return true;
    })
    .sort((a, b) => (a.code + a.url < b.code + b.url ? -1 : 1));
}

function addAdd(source: Command, cli: Cli): void {
  const add = source
    .command('add <url...>')
    .description('register a source; crawl asks for its pages')
    .addOption(
      new Option(
        '--kind <kind>',
        'site follows links, feeds and sitemaps; the others only what they name',
      )
        .choices(SOURCE_KINDS)
        .default('site'),
    )
    .option('--name <name>', "its name; the first URL's host by default")
    .option(
      '--pages-max <n>',
      'pages of one crawl',
      wholeNumber(1, 10_000_000),
      CRAWL_LIMITS.pagesMax,
    )
    .option('--depth-max <n>', 'links from a seed', wholeNumber(0, 10_000), CRAWL_LIMITS.depthMax)
    .option(
      '--concurrency-max <n>',
      'requests at once to a host',
      wholeNumber(1, 64),
      CRAWL_LIMITS.concurrencyMax,
    )
    .option(
      '--delay-ms <n>',
      'pause between requests',
      wholeNumber(0, 600_000),
      CRAWL_LIMITS.delayMs,
    );
  withExamples(add, [
    'source add https://blog.example/',
    'source add https://blog.example/feed.xml --kind feed --name blog',
    'source add https://a.example/post-1 https://a.example/post-2 --kind list --name two-posts',
  ]).action((urls: string[], options: AddOptions, command) =>
    withSession(cli, command, async ({ lockstep, out }) => {
      const { kind, name, ...limits } = options;
      const added = await lockstep.registry.sources.add(
        sourceOf({ kind, name, urls, limits, at: lockstep.clock.now() }),
      );
      out.line(
        `source ${added.name} is registered; lockstep crawl ${added.name} asks for its pages`,
      );
      out.result(added);
    }),
  );
}

/** A source under its own name, or that of its first URL's host. */
export function sourceOf(request: {
  readonly kind: SourceKind;
  readonly name?: string | undefined;
  readonly urls: readonly string[];
  readonly limits?: Source['limits'];
  readonly at: string;
}): Source {
  const urls = request.urls.map(parseWebAddress);
  const host = new URL(urls[0] ?? '').host;
  const name = (request.name ?? host).toLowerCase().replace(/[^a-z0-9.-]+/g, '-');
  const { kind, limits = CRAWL_LIMITS, at } = request;
  return { name, kind, urls, limits, createdAt: at };
}
