import { type Command, Option } from 'commander';
import { FUSION_KINDS, type FusionKind } from '#domain/fusion.ts';
import { type RetrievalSettings, retrievalOf } from '#domain/pairing.ts';
import { assemblePairing } from '#training/pipeline.ts';
import { withExamples } from './examples.ts';
import { addList, addShow } from './list-and-show.ts';
import type { Cli } from './lockstep.ts';
import { fraction, temperature, wholeNumber } from './parse.ts';
import { withSession } from './session.ts';
import { viewOf } from './view-of.ts';

type CreateOptions = {
  readonly view?: string;
  readonly prompt: string;
  readonly model: string;
  readonly denseWeight?: number;
  readonly fusion?: FusionKind;
  readonly rrfK?: number;
  readonly candidates?: number;
  readonly hitsMax?: number;
  readonly hitsPerDocumentMax?: number;
  readonly mmrLambda?: number;
  readonly sectionTokensMax?: number;
  readonly contextTokensMax?: number;
  readonly tokensMax?: number;
  readonly seed?: number;
  readonly temperature?: number;
};

export function addPairingCommand(program: Command, cli: Cli): void {
  const pairing = program
    .command('pairing')
    .description('register and look at pairings: view, retrieval, prompt, model and parameters');
  const create = pairing
    .command('create')
    .description('register a pairing; the same parts again give the same id')
    .option('--view <view>', 'posts@v1; the newest by default')
    .option('--prompt <prompt>', 'prompt version', 'answer')
    .option('--model <model>', 'chat model version', 'extractive')
    .option('--dense-weight <0-1>', 'weight of the dense ranking', fraction)
    .addOption(
      new Option('--fusion <kind>', 'sum of scaled scores, or reciprocal ranks').choices(
        FUSION_KINDS,
      ),
    )
    .option('--rrf-k <n>', 'constant of reciprocal ranks; 60 by default', wholeNumber(0, 10_000))
    .option('--candidates <n>', 'points asked of each ranking', wholeNumber(1, 1_000))
    .option('--hits-max <n>', 'most hits that ground an answer', wholeNumber(1, 1_000))
    .option('--hits-per-document-max <n>', 'most hits of one document', wholeNumber(1, 1_000))
    .option('--mmr-lambda <0-1>', 'diversify hits: 1 for relevance, 0 for novelty alone', fraction)
    .option(
      '--section-tokens-max <n>',
      'widen hits to their sections, up to so many tokens',
      wholeNumber(1, 1_000_000),
    )
    .option('--context-tokens-max <n>', 'most passage tokens', wholeNumber(1, 1_000_000))
    .option('--tokens-max <n>', 'most tokens of an answer', wholeNumber(1, 1_000_000))
    .option('--temperature <t>', 'temperature of the chat model', temperature)
    .option('--seed <n>', 'seed of the chat model', wholeNumber(0, 2 ** 31 - 1));
  withExamples(create, [
    'pairing create',
    'pairing create --model mini@v2 --dense-weight 0.5 --hits-max 6',
    'pairing create --fusion rrf --hits-per-document-max 2 --mmr-lambda 0.7',
  ]).action((options: CreateOptions, command) =>
    withSession(cli, command, async ({ lockstep, out }) => {
      const { registry, clock } = lockstep;
      const { prompt, model } = options;
      const { id: view } = await viewOf(lockstep, options.view ?? null);
      const registered = await assemblePairing(
        { ...registry, clock },
        { view, prompt, model, ...settingsOf(options) },
      );
      out.line(registered.id);
      out.result(registered);
    }),
  );
  addList(pairing, cli, {
    of: 'pairings',
    read: ({ registry }) => registry.pairings.list(),
    head: ['pairing', 'view', 'prompt', 'model', 'retrieval', 'registered'],
    row: ({ id, manifest, createdAt }) => [
      id,
      manifest.view,
      manifest.prompt.id,
      manifest.model.id,
      describeSettings(manifest.retrieval),
      createdAt,
    ],
  });
  addShow(pairing, cli, {
    of: 'pairings',
    example: 'pairing-0123',
    read: ({ registry }, id) => registry.pairings.get(id),
    draw: (out, { id, manifest }) => out.line(`${id}\n${JSON.stringify(manifest, null, 2)}`),
  });
}

/** The settings that were given; the others keep their defaults. */
function settingsOf(options: CreateOptions) {
  const { denseWeight, fusion, rrfK, candidates, hitsMax, contextTokensMax } = options;
  const { hitsPerDocumentMax, mmrLambda, sectionTokensMax } = options;
  const { tokensMax, temperature, seed } = options;
  return {
    retrieval: given({
      denseWeight,
      fusion,
      rrfK,
      candidates,
      hitsMax,
      hitsPerDocumentMax,
      mmrLambda,
      sectionTokensMax,
      contextTokensMax,
    }),
    generation: given({ tokensMax, temperature, seed }),
  };
}

type Given<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

const given = <T extends Readonly<Record<string, number | string | undefined>>>(values: T) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;

/** `sum 0.4`, `rrf 0.4 (k 60), MMR 0.7, 2 a document, sections of 600`. */
function describeSettings(settings: RetrievalSettings): string {
  const { fusion, mmrLambda, hitsPerDocumentMax, sectionTokensMax } = retrievalOf(settings);
  const { kind, denseWeight, rrfK } = fusion;
  return [
    `${kind} ${denseWeight}${kind === 'rrf' ? ` (k ${rrfK})` : ''}`,
    ...(mmrLambda === null ? [] : [`MMR ${mmrLambda}`]),
    ...(hitsPerDocumentMax === null ? [] : [`${hitsPerDocumentMax} a document`]),
    ...(sectionTokensMax === null ? [] : [`sections of ${sectionTokensMax}`]),
  ].join(', ');
}
