import type { Command } from 'commander';
import { epochId } from '#domain/epoch.ts';
import { AppError } from '#domain/errors.ts';
import { takeSnapshot } from '#training/pipeline.ts';
import { withExamples } from './examples.ts';
import { addList, addShow } from './list-and-show.ts';
import type { Cli } from './lockstep.ts';
import { type EpochOption, epochOption } from './parse.ts';
import { withSession } from './session.ts';
import { viewOf } from './view-of.ts';

type CreateOptions = {
  readonly view?: string;
  readonly epoch?: EpochOption;
  readonly source?: string;
  readonly language?: string;
  readonly tag?: string;
};

export function addSnapshotCommand(program: Command, cli: Cli): void {
  const snapshot = program
    .command('snapshot')
    .description('freeze an epoch to build datasets from');
  const create = snapshot
    .command('create')
    .description('freeze (view, epoch, filter)')
    .option('--view <view>', 'posts@v1; the newest by default')
    .option('--epoch <epoch>', 'posts@v1#42 or 42; the published one by default', epochOption)
    .option('--source <name>', 'only documents of this source')
    .option('--language <tag>', 'only documents in this language')
    .option('--tag <tag>', 'only documents with this tag');
  withExamples(create, [
    'snapshot create',
    'snapshot create --epoch posts@v1#3 --language en',
  ]).action((options: CreateOptions, command) =>
    withSession(cli, command, async ({ lockstep, out }) => {
      const { registry, clock } = lockstep;
      const { epoch, source, language, tag } = options;
      const view = await viewOf(lockstep, options.view ?? epoch?.viewId ?? null);
      if (epoch !== undefined && epoch.viewId !== null && epoch.viewId !== view.id) {
        const message = `${epoch.viewId}#${epoch.epoch} is no epoch of ${view.id}; leave --view out.`;
        throw new AppError('invalid_input', message, { param: '--epoch' });
      }
      const filter = {
        ...(source !== undefined && { sourceName: source }),
        ...(language !== undefined && { language }),
        ...(tag !== undefined && { tag }),
      };
      const taken = await takeSnapshot(
        { views: registry.views, snapshots: registry.snapshots, clock },
        { viewId: view.id, epoch: epoch?.epoch ?? null, filter },
      );
      out.line(
        `${taken.id}: ${epochId(taken.viewId, taken.epoch)}, ${taken.documents} documents, ${taken.chunks} chunks`,
      );
      out.result(taken);
    }),
  );
  addList(snapshot, cli, {
    of: 'snapshots',
    read: ({ registry }) => registry.snapshots.list(),
    head: ['snapshot', 'epoch', 'documents', 'chunks', 'taken'],
    row: ({ id, viewId, epoch, documents, chunks, createdAt }) => [
      id,
      epochId(viewId, epoch),
      documents,
      chunks,
      createdAt,
    ],
  });
  addShow(snapshot, cli, {
    of: 'snapshots',
    example: 'snapshot-0123456789abcdef',
    read: ({ registry }, id) => registry.snapshots.get(id),
    draw: (out, { id, viewId, epoch, filter, documents, chunks, membershipHash }) => {
      out.line(`${id}: ${epochId(viewId, epoch)}, ${documents} documents, ${chunks} chunks`);
      out.line(`  filter ${JSON.stringify(filter)}`);
      out.line(`  members ${membershipHash}`);
    },
  });
}
