import { type Command, Option } from 'commander';
import { DATASET_KINDS, type Dataset, type DatasetKind } from '#domain/dataset.ts';
import { buildDataset, takeSnapshot } from '#training/pipeline.ts';
import { withExamples } from './examples.ts';
import { addList, addShow } from './list-and-show.ts';
import type { Cli } from './lockstep.ts';
import type { Output } from './output.ts';
import { wholeNumber } from './parse.ts';
import { type Session, withSession } from './session.ts';
import { viewOf } from './view-of.ts';

type BuildOptions = { readonly snapshot?: string; readonly name?: string; readonly seed: number };

export const SEED_DEFAULT = 7;
const SEED_MAX = 2 ** 31 - 1;

export function addDatasetCommand(program: Command, cli: Cli): void {
  const dataset = program.command('dataset').description('build and look at datasets');
  const build = dataset
    .command('build')
    .description('build a dataset from a snapshot; gates that fail refuse it')
    .addOption(new Option('--kind <kind>').choices(DATASET_KINDS).makeOptionMandatory())
    .option('--snapshot <id>', 'the snapshot; one of the published epoch by default')
    .option('--name <name>', 'its name; the kind by default')
    .option('--seed <n>', 'seed of the splits', wholeNumber(0, SEED_MAX), SEED_DEFAULT);
  withExamples(build, [
    'dataset build --kind instruct',
    'dataset build --kind retrieval --snapshot snapshot-0123456789abcdef --name faq',
  ]).action((options: BuildOptions & { readonly kind: DatasetKind }, command) =>
    withSession(cli, command, async (session) => {
      const { kind, name = kind, seed } = options;
      const snapshotId = options.snapshot ?? (await publishedSnapshot(session)).id;
      const built = await buildAndDescribe(session, { kind, name, seed, snapshotId });
      session.out.result(built.dataset);
    }),
  );
  addList(dataset, cli, {
    of: 'datasets',
    read: ({ registry }) => registry.datasets.list(),
    head: ['dataset', 'kind', 'rows', 'snapshot', 'built', 'folder'],
    row: ({ id, kind, manifest, snapshotId, createdAt, folder }) => [
      id,
      kind,
      manifest.splits.reduce((sum, { rows }) => sum + rows, 0),
      snapshotId,
      createdAt,
      folder,
    ],
  });
  addShow(dataset, cli, {
    of: 'datasets',
    example: 'instruct@v1',
    read: ({ registry }, id) => registry.datasets.get(id),
    draw: describeDataset,
  });
}

/** A snapshot of the newest view's published epoch. */
export async function publishedSnapshot({ lockstep }: Session) {
  const { registry, clock } = lockstep;
  const view = await viewOf(lockstep, null);
  return takeSnapshot(
    { views: registry.views, snapshots: registry.snapshots, clock },
    { viewId: view.id, epoch: null, filter: {} },
  );
}

export type DatasetRequest = {
  readonly kind: DatasetKind;
  readonly name: string;
  readonly seed: number;
  readonly snapshotId: string;
};

export async function buildAndDescribe(session: Session, request: DatasetRequest) {
  const { lockstep, out, progress, signal } = session;
  const { registry, datasetStore, clock, sparse } = lockstep;
  const built = await buildDataset(
    {
      views: registry.views,
      snapshots: registry.snapshots,
      datasets: registry.datasets,
      store: datasetStore,
      sparse,
      clock,
    },
    request,
    progress.onProgress,
    signal,
  );
  progress.end();
  if (!built.isNew) out.line(`  ${built.dataset.id} holds exactly this already`);
  describeDataset(out, built.dataset);
  return built;
}

function describeDataset(out: Output, { id, manifest, folder }: Dataset): void {
  const splits = manifest.splits.map(
    ({ split, rows, documents }) => `${split} ${rows} rows of ${documents} documents`,
  );
  out.line(`  ${id}: ${splits.join(', ')}`);
  const gates = manifest.gates.map(
    ({ gate, passed, checked }) => `${gate} ${passed ? 'passed' : 'REFUSED'} (${checked})`,
  );
  out.line(`    gates: ${gates.join(', ')}`);
  out.line(`    in ${folder}`);
}
