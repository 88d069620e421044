import type { Command } from 'commander';
import type { Answer } from '#domain/answer.ts';
import { epochId } from '#domain/epoch.ts';
import type { QuestionFilter } from '#domain/question-filter.ts';
import { epochAt } from './epoch-at.ts';
import { withExamples } from './examples.ts';
import { describeRetrieval } from './explain.ts';
import {
  describeFilter,
  type FilterOptions,
  filterOf,
  withFilterOptions,
} from './filter-options.ts';
import type { Cli } from './lockstep.ts';
import { type EpochOption, epochOption } from './parse.ts';
import { type Session, withSession } from './session.ts';

type AskOptions = FilterOptions & {
  readonly target: string;
  readonly epoch?: EpochOption;
  readonly explain?: boolean;
};

export function addAskCommand(program: Command, cli: Cli): void {
  const ask = program
    .command('ask <question>')
    .description('answer one question, with citations')
    .option('--target <target>', 'channel or pairing id', 'production')
    .option('--epoch <epoch>', "an older epoch of the pairing's view", epochOption)
    .option('--explain', 'show how each hit came by its score and its place');
  withExamples(withFilterOptions(ask), [
    'ask "How often should we recrawl?"',
    'ask "How often should we recrawl?" --epoch posts@v1#3 --explain',
    'ask "What changed in the index?" --tag indexing --since 2026-01-01 --language en',
  ]).action((question: string, options: AskOptions, command) =>
    withSession(cli, command, async (session) => {
      const { target, explain = false } = options;
      const epoch = await epochAt(session, target, options.epoch);
      const filter = filterOf(options);
      const answer = await askOne(session, { text: question, target, epoch, filter });
      describeAnswer(session, answer);
      if (explain) describeRetrieval(session.out, answer.hits, answer.explanation);
      session.out.result(answer);
    }),
  );
}

export const askOne = (
  { lockstep, signal }: Session,
  question: {
    readonly text: string;
    readonly target: string;
    readonly epoch: number | null;
    readonly filter?: QuestionFilter | null;
  },
): Promise<Answer> => lockstep.answerer.answer({ ...question, history: [] }, signal);

export function describeAnswer({ out }: Session, answer: Answer): void {
  const { viewId, epoch, pairingId, answerId, respondedBy, filter } = answer.provenance;
  out.line(`  ${answer.text.replaceAll('\n', '\n  ')}`);
  if (answer.kind === 'answered') {
    const cited = new Map(answer.citations.map((citation) => [citation.number, citation]));
    for (const { number, title, url } of [...cited.values()].sort((a, b) => a.number - b.number)) {
      out.line(`  [${number}] ${title} – ${url}`);
    }
  }
  if (filter !== undefined) {
    const nothing = answer.hits.length === 0 ? ': nothing was found among those' : '';
    out.line(`  (only posts with ${describeFilter(filter)}${nothing})`);
  }
  out.line(
    `  (${answerId}: ${pairingId} at ${epochId(viewId, epoch)}, answered by ${respondedBy})`,
  );
}
