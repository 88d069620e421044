import type { Command } from 'commander';
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
  readonly candidates?: number;
  readonly hitsMax?: number;
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
    .option('--candidates <n>', 'points asked of each ranking', wholeNumber(1, 1_000))
    .option('--hits-max <n>', 'most hits that ground an answer', wholeNumber(1, 1_000))
    .option('--context-tokens-max <n>', 'most passage tokens', wholeNumber(1, 1_000_000))
    .option('--tokens-max <n>', 'most tokens of an answer', wholeNumber(1, 1_000_000))
    .option('--temperature <t>', 'temperature of the chat model', temperature)
    .option('--seed <n>', 'seed of the chat model', wholeNumber(0, 2 ** 31 - 1));
  withExamples(create, [
    'pairing create',
    'pairing create --model mini@v2 --dense-weight 0.5 --hits-max 6',
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
    head: ['pairing', 'view', 'prompt', 'model', 'dense weight', 'registered'],
    row: ({ id, manifest, createdAt }) => [
      id,
      manifest.view,
      manifest.prompt.id,
      manifest.model.id,
      manifest.retrieval.denseWeight,
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
  const { denseWeight, candidates, hitsMax, contextTokensMax } = options;
  const { tokensMax, temperature, seed } = options;
  return {
    retrieval: given({ denseWeight, candidates, hitsMax, contextTokensMax }),
    generation: given({ tokensMax, temperature, seed }),
  };
}

const given = <T extends Readonly<Record<string, number | undefined>>>(values: T) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: number;
  };
