import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Command, Option } from 'commander';
import { AppError } from '#domain/errors.ts';
import {
  CRAWL_LIMITS,
  PII_POLICIES,
  type PiiPolicy,
  SOURCE_KINDS,
  type Source,
  type SourceKind,
} from '#domain/source.ts';
import { compilePatterns } from '#features/discover/patterns.ts';
import { withExamples } from './examples.ts';
import type { Cli } from './lockstep.ts';
import { durationMs, languageTags, wholeNumber } from './parse.ts';
import { withSession } from './session.ts';
import { sourceOf } from './source-of.ts';

type AddOptions = {
  readonly kind: SourceKind;
  readonly name?: string;
  readonly pagesMax: number;
  readonly depthMax: number;
  readonly concurrencyMax: number;
  readonly delayMs: number;
  readonly timeMax: number;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly language?: readonly string[];
  readonly pii: PiiPolicy;
  readonly render: boolean;
};

const [SECOND_MS, DAY_MS] = [1_000, 86_400_000];
const TIME_DAYS_MAX = 30;

export function addAdd(source: Command, cli: Cli): void {
  const add = source
    .command('add <url...>')
    .description('register a source, or give one other limits and rules; crawl asks for its pages')
    .addOption(
      new Option(
        '--kind <kind>',
        'site follows links, feeds and sitemaps; the others only what they name; github takes ' +
          'owner/repository, folder a path',
      )
        .choices(SOURCE_KINDS)
        .default('site'),
    )
    .option('--name <name>', "its name; by default the first URL's host, repository or folder");
  addLimits(add);
  addRules(add);
  withExamples(add, [
    'source add https://blog.example/',
    'source add https://blog.example/feed.xml --kind feed --name blog',
    'source add https://a.example/post-1 https://a.example/post-2 --kind list --name two-posts',
    "source add https://docs.example/ --include '/guide/**' --exclude '**/print/*' --language en",
    'source add owner/repository --kind github',
    'source add ./posts --kind folder --pii mask',
  ]).action((urls: string[], options: AddOptions, command) =>
    withSession(cli, command, async ({ lockstep, out }) => {
      const wanted = wantedSource(urls, options, lockstep.clock.now());
      await requireFolders(cli, wanted);
      const { sources } = lockstep.registry;
      const isKnown = (await sources.list()).some(({ name }) => name === wanted.name);
      const added = await sources.add(wanted);
      const { name } = added;
      out.line(
        isKnown
          ? `source ${name} has these limits and rules from its next crawl on`
          : `source ${name} is registered; lockstep crawl ${name} asks for its pages`,
      );
      out.result(added);
    }),
  );
}

function addLimits(add: Command): void {
  const { pagesMax, depthMax, concurrencyMax, delayMs, timeMsMax } = CRAWL_LIMITS;
  add
    .option('--pages-max <n>', 'pages of one crawl', wholeNumber(1, 10_000_000), pagesMax)
    .option('--depth-max <n>', 'links from a seed', wholeNumber(0, 10_000), depthMax)
    .option(
      '--concurrency-max <n>',
      'requests at once to a host',
      wholeNumber(1, 64),
      concurrencyMax,
    )
    .option('--delay-ms <n>', 'pause between requests', wholeNumber(0, 600_000), delayMs)
    .addOption(
      new Option(
        '--time-max <time>',
        'time of one crawl (90s, 15m, 2h), seconds without a unit; the next one goes on',
      )
        .argParser(durationMs(SECOND_MS, TIME_DAYS_MAX * DAY_MS))
        .default(timeMsMax, '1d'),
    );
}

function addRules(add: Command): void {
  add
    .option(
      '--include <glob...>',
      'take only URLs that match one: /posts/** is of the path, **/posts/* of all of the URL',
    )
    .option('--exclude <glob...>', 'never take URLs that match one')
    .addOption(
      new Option('--language <tag...>', 'take only posts in these languages').argParser(
        languageTags,
      ),
    )
    .addOption(
      new Option('--pii <policy>', 'what becomes of e-mail addresses, phone numbers, keys and such')
        .choices(PII_POLICIES)
        .default('keep'),
    )
    .option('--render', 'open pages in a browser, which runs their scripts', false);
}

/** Throws `invalid_input` naming what is wrong with it. */
function wantedSource(urls: readonly string[], options: AddOptions, at: string): Source {
  const { kind, name, pagesMax, depthMax, concurrencyMax, delayMs, timeMax, pii, render } = options;
  const { include = [], exclude = [], language: languages = [] } = options;
  compilePatterns({ include, exclude });
  if (render && (kind === 'github' || kind === 'folder')) {
    const message = `pages of kind ${kind} are files, which need no browser; leave out --render.`;
    throw new AppError('invalid_input', message, { param: '--render' });
  }
  return sourceOf({
    kind,
    name,
    urls,
    limits: { pagesMax, depthMax, concurrencyMax, delayMs, timeMsMax: timeMax },
    rules: { include, exclude, languages, pii, render },
    at,
  });
}

/** A folder that is not there would give no document, and nobody would know why. */
async function requireFolders(cli: Cli, { kind, urls }: Source): Promise<void> {
  if (kind !== 'folder') return;
  for (const url of urls) {
    const path = resolve(fileURLToPath(url));
    try {
      await cli.readFolder(path);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const message = `${path} cannot be read as a folder (${reason}); name one that is there.`;
      throw new AppError('invalid_input', message, { param: 'url', cause });
    }
  }
}
