import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Json } from '#domain/hash.ts';
import { MODEL_KINDS, type ModelKind, parseModelReference } from '#domain/model.ts';
import { registerModel } from '#training/pipeline.ts';
import { withExamples } from './examples.ts';
import { addList, addShow } from './list-and-show.ts';
import type { Cli } from './lockstep.ts';
import { withSession } from './session.ts';

type Parameters = Readonly<Record<string, Json>>;
type RegisterOptions = {
  readonly name: string;
  readonly kind: ModelKind;
  readonly base?: string;
  readonly dataset?: string;
  readonly parameters?: Parameters;
};

export function addModelCommand(program: Command, cli: Cli): void {
  const model = program.command('model').description('register and look at model versions');
  const register = model
    .command('register <reference>')
    .description('register a model, written provider:model, as an immutable version')
    .requiredOption('--name <name>', 'its name; versions count up under it')
    .addOption(new Option('--kind <kind>').choices(MODEL_KINDS).default('chat'))
    .option('--base <model>', 'the model it was made from')
    .option('--dataset <id>', 'the dataset it was fitted on')
    .option('--parameters <json>', 'its parameters, a JSON object', jsonObject);
  withExamples(register, [
    'model register openai:gpt-4.1-mini --name mini',
    'model register openai:ft:gpt-4.1-mini:acme::abc --name tuned --base gpt-4.1-mini --dataset instruct@v1',
  ]).action((reference: string, options: RegisterOptions, command) =>
    withSession(cli, command, async ({ lockstep, out }) => {
      const { registry, clock } = lockstep;
      const { name, kind, base = null, dataset = null, parameters = {} } = options;
      if (dataset !== null) await registry.datasets.get(dataset);
      const spec = {
        kind,
        ...parseModelReference(reference),
        base,
        datasetId: dataset,
        parameters,
      };
      if (kind === 'chat') lockstep.chatModelOf(spec);
      const registered = await registerModel({ models: registry.models, clock }, { name, spec });
      out.line(`${registered.id}: ${kind} ${reference}`);
      out.result(registered);
    }),
  );
  addList(model, cli, {
    of: 'model versions',
    read: ({ registry }) => registry.models.list(),
    head: ['model', 'kind', 'provider', 'reference', 'registered'],
    row: ({ id, kind, provider, reference, createdAt }) => [
      id,
      kind,
      provider,
      reference,
      createdAt,
    ],
  });
  addShow(model, cli, {
    of: 'model versions',
    example: 'extractive@v1',
    read: ({ registry }, id) => registry.models.get(id),
    draw: (out, entry) => {
      out.line(`${entry.id}: ${entry.kind} ${entry.provider}:${entry.reference} (${entry.hash})`);
      if (entry.base !== null) out.line(`  made from ${entry.base}`);
      if (entry.datasetId !== null) out.line(`  fitted on ${entry.datasetId}`);
      out.line(`  parameters ${JSON.stringify(entry.parameters)}`);
      out.line(`  metrics ${JSON.stringify(entry.metrics)}`);
    },
  });
}

function jsonObject(text: string): Parameters {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Parameters;
    }
  } catch {
    // Said below, together with JSON that is no object.
  }
  throw new InvalidArgumentError('It must be a JSON object, such as {"temperature": 0}.');
}
