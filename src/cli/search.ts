import type { Command } from 'commander';
import { epochId } from '#domain/epoch.ts';
import { epochAt } from './epoch-at.ts';
import { withExamples } from './examples.ts';
import { describeRetrieval } from './explain.ts';
import { type FilterOptions, filterOf, withFilterOptions } from './filter-options.ts';
import type { Cli } from './lockstep.ts';
import { type EpochOption, epochOption, wholeNumber } from './parse.ts';
import { withSession } from './session.ts';

type SearchOptions = FilterOptions & {
  readonly target: string;
  readonly epoch?: EpochOption;
  readonly limit: number;
  readonly hitsPerDocument?: number;
  readonly explain?: boolean;
};

const LIMIT_MAX = 1_000;
const LIMIT_DEFAULT = 10;
/** Characters of a hit's text that a line shows. */
const SHOWN_MAX = 160;

export function addSearchCommand(program: Command, cli: Cli): void {
  const search = program
    .command('search <text>')
    .description('find chunks, without an answer')
    .option('--target <target>', 'channel or pairing id', 'production')
    .option('--epoch <epoch>', "an older epoch of the pairing's view", epochOption)
    .option('--limit <n>', 'most hits', wholeNumber(1, LIMIT_MAX), LIMIT_DEFAULT)
    .option(
      '--hits-per-document <n>',
      "most hits of one document, in place of the pairing's",
      wholeNumber(1, LIMIT_MAX),
    )
    .option('--explain', 'show how each hit came by its score and its place');
  withExamples(withFilterOptions(search), [
    'search "recrawl interval"',
    'search "recrawl interval" --hits-per-document 1 --since 2026-01-01 --explain',
  ]).action((text: string, options: SearchOptions, command) =>
    withSession(cli, command, async (session) => {
      const { lockstep, out, signal } = session;
      const { target, limit, hitsPerDocument, explain = false } = options;
      const question = {
        text,
        history: [],
        target,
        epoch: await epochAt(session, target, options.epoch),
        filter: filterOf(options),
        ...(hitsPerDocument === undefined ? {} : { hitsPerDocumentMax: hitsPerDocument }),
      };
      const found = await lockstep.answerer.search(question, limit, signal);
      for (const [at, hit] of found.hits.entries()) {
        out.line(`  [${at + 1}] ${hit.title} – ${hit.url}`);
        if (!explain) out.line(`      ${shortened(hit.text)}`);
      }
      if (found.hits.length === 0) out.line('  nothing was found.');
      if (explain) describeRetrieval(out, found.hits, found.explanation);
      out.line(`  (${found.pairingId} at ${epochId(found.viewId, found.epoch)})`);
      out.result(found);
    }),
  );
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const characters = [...line];
  return characters.length <= SHOWN_MAX ? line : `${characters.slice(0, SHOWN_MAX).join('')}…`;
}
