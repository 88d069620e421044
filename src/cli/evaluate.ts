import type { Command } from 'commander';
import { epochId } from '#domain/epoch.ts';
import type { Evaluation, GoldenQuestion } from '#domain/evaluation.ts';
import { parseGolden } from '#training/evaluate/golden.ts';
import { metricsByKind } from '#training/evaluate/metrics.ts';
import { evaluatePairing } from '#training/pipeline.ts';
import { epochAt, pairingIdOf } from './epoch-at.ts';
import { withExamples } from './examples.ts';
import type { Cli } from './lockstep.ts';
import { type EpochOption, epochOption, webAddress } from './parse.ts';
import { readText } from './read-text.ts';
import { SAMPLE_SOURCE } from './sample.ts';
import { type Session, withSession } from './session.ts';

type EvaluateOptions = {
  readonly golden?: string;
  readonly origin?: string;
  readonly epoch?: EpochOption;
};

/** Questions asked at once. */
const CONCURRENCY_MAX = 4;

export function addEvaluateCommand(program: Command, cli: Cli): void {
  const evaluate = program
    .command('evaluate [target]')
    .description('ask the golden questions of a channel or pairing, and register the metrics')
    .option('--golden <file>', 'JSONL of questions; those of the sample site by default')
    .option(
      '--origin <url>',
      "site that relative documents belong to; the sample's by default",
      webAddress,
    )
    .option('--epoch <epoch>', 'an older epoch of the view', epochOption);
  withExamples(evaluate, [
    'evaluate production',
    'evaluate pairing-0123 --golden golden.jsonl --origin https://blog.example/',
  ]).action((target = 'production', options: EvaluateOptions, command) =>
    withSession(cli, command, async (session) => {
      const { registry } = session.lockstep;
      const pairingId = await pairingIdOf(session, target);
      const golden = await goldenQuestions(session, options);
      const evaluation = await askGolden(session, {
        pairingId,
        golden,
        epoch: await epochAt(session, pairingId, options.epoch),
      });
      describeEvaluation(session, evaluation);
      const pairing = await registry.pairings.get(pairingId);
      session.out.result({ evaluation, pairing: pairing.id });
    }),
  );
}

export async function goldenQuestions(
  { lockstep, cli }: Session,
  options: Pick<EvaluateOptions, 'golden' | 'origin'>,
): Promise<readonly GoldenQuestion[]> {
  const { registry, settings } = lockstep;
  const path = options.golden ?? `${settings.sampleFolder}/golden.jsonl`;
  const sample = (await registry.sources.list()).find(({ name }) => name === SAMPLE_SOURCE);
  const origin = options.origin ?? sample?.urls[0] ?? null;
  return parseGolden(await readText(cli, path, '--golden'), path, origin);
}

export async function askGolden(
  { lockstep, progress, signal }: Session,
  request: {
    readonly pairingId: string;
    readonly golden: readonly GoldenQuestion[];
    readonly epoch: number | null;
  },
): Promise<Evaluation> {
  const { registry, answerer, clock, ids } = lockstep;
  const evaluation = await evaluatePairing(
    { ...registry, answerer, clock, ids },
    { ...request, concurrencyMax: CONCURRENCY_MAX },
    progress.onProgress,
    signal,
  );
  progress.end();
  return evaluation;
}

export function describeEvaluation({ out }: Session, evaluation: Evaluation): void {
  const { id, pairingId, viewId, epoch } = evaluation;
  out.line(`  ${id}: ${pairingId} at ${epochId(viewId, epoch)}`);
  const rows = [...metricsByKind(evaluation), { kind: 'all', metrics: evaluation.metrics }];
  out.table(
    [
      '  kind',
      'asked',
      'recall@5',
      'MRR@10',
      'nDCG@10',
      'cited',
      'answered',
      'found',
      'refused',
      'failed',
    ],
    rows.map(({ kind, metrics }) => [
      `  ${kind}`,
      metrics.questions,
      metrics.recallAt5,
      metrics.mrrAt10,
      metrics.ndcgAt10,
      metrics.citationPrecision,
      metrics.shareAnswered,
      metrics.answerFound,
      metrics.refusedUnanswerable,
      metrics.failed,
    ]),
  );
}
