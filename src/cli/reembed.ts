import type { Command } from 'commander';
import { epochId } from '#domain/epoch.ts';
import { AppError } from '#domain/errors.ts';
import type { Estimate } from '#features/view/estimate.ts';
import type { ReembedPlan, ReembedReport, ReembedRequest } from '#features/view/reembed.ts';
import { viewRequestOf } from './crawl.ts';
import { withExamples } from './examples.ts';
import type { Cli } from './lockstep.ts';
import { amount, embedderReference, fraction, storageOption, wholeNumber } from './parse.ts';
import { registerEmbedder } from './register-embedder.ts';
import { type Session, withSession } from './session.ts';
import { describeChecks } from './view-verify.ts';

export type ReembedOptions = {
  readonly embedder?: string;
  readonly chunkTokens?: number;
  readonly chunkOverlap?: number;
  readonly stemmer?: string;
  readonly k1?: number;
  readonly b?: number;
  readonly storage?: ReembedRequest['changes']['storage'];
  readonly costMax: number;
  readonly yes: boolean;
  readonly dryRun: boolean;
};

/** Dollars that are spent without being asked for leave. */
export const COST_MAX_DEFAULT = 1;
const OVERLAP_MAX = 4_096;
const CHUNK_TOKENS_MIN = 16;
const CHUNK_TOKENS_MAX = 8_192;

export function addReembedCommand(program: Command, cli: Cli): void {
  const reembed = program
    .command('reembed')
    .description(
      'build the next view version from stored revisions, beside the live one and without the ' +
        'network; what is not given stays as it is',
    )
    .option('--embedder <reference>', 'static:…, transformers:… or openai:…', embedderReference)
    .option(
      '--chunk-tokens <n>',
      'most tokens of a chunk',
      wholeNumber(CHUNK_TOKENS_MIN, CHUNK_TOKENS_MAX),
    )
    .option(
      '--chunk-overlap <n>',
      'tokens of whole sentences repeated',
      wholeNumber(0, OVERLAP_MAX),
    )
    .option('--stemmer <language>', 'of the sparse encoder: english, german, …')
    .option('--k1 <x>', "BM25's saturation of term frequency", amount(0, 10))
    .option('--b <x>', "BM25's normalisation of length", fraction)
    .option('--storage <settings>', 'such as vectors=disk,quantisation=int8', storageOption)
    .option('--cost-max <dollars>', 'more than this wants --yes', amount(0, 1e9), COST_MAX_DEFAULT)
    .option('--yes', 'whatever it costs', false)
    .option('--dry-run', 'say what it would take, and leave it', false);
  withExamples(reembed, [
    'reembed --embedder transformers:Xenova/all-MiniLM-L6-v2?dtype=q8',
    'reembed --embedder openai:text-embedding-3-small --cost-max 5',
    'reembed --chunk-tokens 120 --dry-run',
  ]).action((options: ReembedOptions, command) =>
    withSession(cli, command, async (session) => {
      const request = { settings: viewRequestOf(session.lockstep), changes: changesOf(options) };
      const { planReembed } = await import('#features/view/reembed.ts');
      const plan = await planReembed(session.lockstep, request, session.signal);
      describePlan(session, plan);
      if (options.dryRun) {
        session.out.result({ plan: resultOf(plan) });
        return;
      }
      requireLeave(plan.estimate, options);
      const report = await reembedBy(session, request, plan);
      session.out.result({ plan: resultOf(plan), ...report, view: report.view.id });
    }),
  );
}

/** Builds what was planned, and says what became of it. */
export async function reembedBy(
  session: Session,
  request: ReembedRequest,
  plan: ReembedPlan,
): Promise<ReembedReport> {
  const { lockstep, progress, signal } = session;
  const { reembed } = await import('#features/view/reembed.ts');
  const report = await reembed(lockstep, { request, plan }, progress.onProgress, signal);
  progress.end();
  await registerEmbedder(session, report.view);
  describeReport(session, report);
  return report;
}

/** What of the view is to change. */
function changesOf(options: Omit<ReembedOptions, 'costMax' | 'yes' | 'dryRun'>) {
  const { embedder, chunkTokens, chunkOverlap, stemmer, k1, b, storage } = options;
  const chunker = {
    ...(chunkTokens !== undefined && { tokensMax: chunkTokens }),
    ...(chunkOverlap !== undefined && { overlapTokens: chunkOverlap }),
  };
  const sparse = {
    ...(stemmer !== undefined && { stemmer }),
    ...(k1 !== undefined && { k1 }),
    ...(b !== undefined && { b }),
  };
  return {
    ...(embedder !== undefined && { embedder }),
    ...(Object.keys(chunker).length > 0 && { chunker }),
    ...(Object.keys(sparse).length > 0 && { sparse }),
    ...(storage !== undefined && { storage }),
  };
}

/** Throws `gate_refused` when it may cost more than was allowed. */
export function requireLeave(
  { isPaid, dollars, tokens }: Estimate,
  { costMax, yes }: Pick<ReembedOptions, 'costMax' | 'yes'>,
): void {
  if (!isPaid || yes || (dollars !== null && dollars <= costMax)) return;
  const cost = dollars === null ? 'an unknown price' : `about ${inDollars(dollars)}`;
  const remedy =
    dollars === null
      ? 'give the price as ?dollars=… (per million tokens) in --embedder, or --yes'
      : `repeat it with --yes, or with --cost-max ${Math.ceil(dollars)}`;
  throw new AppError(
    'gate_refused',
    `embedding ${tokens} tokens costs ${cost}, and $${costMax} are allowed; ${remedy}.`,
    { param: '--cost-max' },
  );
}

function describePlan({ out }: Session, { base, known, spec, embedder, estimate }: ReembedPlan) {
  const { documents, done, chunks, tokens, seconds, dollars, isPaid } = estimate;
  const target = known === null ? 'a new version' : known.id;
  out.line(
    `  ${base?.id ?? 'nothing'} → ${target}: ${embedder}, chunks of ${spec.chunker.tokensMax} tokens`,
  );
  const left = done === 0 ? '' : `, ${done} of them done`;
  out.line(`  ${documents} documents${left}; about ${chunks} chunks and ${tokens} tokens to embed`);
  if (seconds !== null) out.line(`  about ${inTime(seconds)} of embedding in one process`);
  if (isPaid) {
    const price = dollars === null ? 'at an unknown price' : `for at most ${inDollars(dollars)}`;
    out.line(`  ${price}; what was embedded before is not paid for again`);
  }
}

function describeReport(
  { out }: Session,
  { view, publishes, verification, seconds }: ReembedReport,
) {
  for (const { viewId, epoch, counts } of publishes) {
    if (epoch === null) continue;
    const { embedded } = counts;
    out.line(
      `  published ${epochId(viewId, epoch.number)}: ${epoch.documents} documents, ` +
        `${epoch.chunks} chunks, ${embedded} embedded`,
    );
  }
  if (publishes.length === 0) out.line(`  ${view.id} holds everything already`);
  describeChecks(out, verification);
  out.line(`  ${view.id} is ready, after ${inTime(seconds)}. Next:`);
  out.line(`  lockstep pairing create --view ${view.id}`);
}

const resultOf = ({ base, known, spec, embedder, estimate }: ReembedPlan) => ({
  base: base?.id ?? null,
  known: known?.id ?? null,
  embedder,
  spec,
  estimate,
});

function inTime(seconds: number): string {
  if (seconds < 90) return `${seconds.toFixed(1)} s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3_600).toFixed(1)} h`;
}

/** Cents where there are some, and what there is where there are none. */
const inDollars = (dollars: number): string =>
  dollars === 0 || dollars >= 0.01
    ? `$${dollars.toFixed(2)}`
    : `$${Number(dollars.toPrecision(1))}`;
