import type { Command } from 'commander';
import type { Answer } from '#domain/answer.ts';
import { epochId } from '#domain/epoch.ts';
import { epochAt } from './epoch-at.ts';
import { withExamples } from './examples.ts';
import type { Cli } from './lockstep.ts';
import { type EpochOption, epochOption } from './parse.ts';
import { type Session, withSession } from './session.ts';

type AskOptions = {
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
    .option('--explain', 'show the hits with their ranks and scores');
  withExamples(ask, [
    'ask "How often should we recrawl?"',
    'ask "How often should we recrawl?" --epoch posts@v1#3 --explain',
  ]).action((question: string, options: AskOptions, command) =>
    withSession(cli, command, async (session) => {
      const { target, explain = false } = options;
      const epoch = await epochAt(session, target, options.epoch);
      const answer = await askOne(session, { text: question, target, epoch });
      describeAnswer(session, answer);
      if (explain) describeHits(session, answer);
      session.out.result(answer);
    }),
  );
}

export const askOne = (
  { lockstep, signal }: Session,
  question: { readonly text: string; readonly target: string; readonly epoch: number | null },
): Promise<Answer> => lockstep.answerer.answer({ ...question, history: [] }, signal);

export function describeAnswer({ out }: Session, answer: Answer): void {
  const { viewId, epoch, pairingId, answerId, respondedBy } = answer.provenance;
  out.line(`  ${answer.text.replaceAll('\n', '\n  ')}`);
  if (answer.kind === 'answered') {
    const cited = new Map(answer.citations.map((citation) => [citation.number, citation]));
    for (const { number, title, url } of [...cited.values()].sort((a, b) => a.number - b.number)) {
      out.line(`  [${number}] ${title} – ${url}`);
    }
  }
  out.line(
    `  (${answerId}: ${pairingId} at ${epochId(viewId, epoch)}, answered by ${respondedBy})`,
  );
}

function describeHits({ out }: Session, { hits }: Answer): void {
  out.table(
    ['score', 'dense', 'sparse', 'document', 'heading'],
    hits.map((hit) => [
      hit.score,
      hit.denseRank,
      hit.sparseRank,
      hit.url,
      hit.headingPath.join(' › '),
    ]),
  );
}
