import type { Command } from 'commander';
import { epochId } from '#domain/epoch.ts';
import { withExamples } from './examples.ts';
import { knownUrl } from './known-url.ts';
import { addList } from './list-and-show.ts';
import type { Cli } from './lockstep.ts';
import { type Session, withSession } from './session.ts';
import { addViewDrop, addViewVacuum } from './view-changes.ts';
import { addViewDiff } from './view-diff.ts';
import { describePlace, placeInView } from './view-place.ts';
import { addViewVerify } from './view-verify.ts';

export function addViewCommand(program: Command, cli: Cli): void {
  const view = program
    .command('view')
    .description('look at feature views and their epochs; verify, compare and clear them');
  addList(view, cli, {
    of: 'feature views',
    read: ({ registry }) => registry.views.list(),
    head: ['view', 'state', 'epoch', 'embedder', 'chunk tokens', 'since'],
    row: ({ id, publishedEpoch, readyAt, droppedAt, spec, createdAt }) => [
      id,
      droppedAt !== null ? 'dropped' : readyAt !== null ? 'ready' : 'not ready',
      publishedEpoch,
      `${spec.dense.provider}:${spec.dense.model}`,
      spec.chunker.tokensMax,
      createdAt,
    ],
  });
  for (const add of viewCommands) add(view, cli);
  const show = view
    .command('show <id>')
    .description('show one of the feature views, or where a page stands in it')
    .option(
      '--url <url>',
      'say whether the document of this page is in the view, or what stands for it',
    );
  withExamples(show, [
    'view show posts@v1',
    'view show posts --url https://blog.example/post',
  ]).action((id: string, { url }: { readonly url?: string }, command) =>
    withSession(cli, command, (session) =>
      url === undefined ? showView(session, id) : showPlace(session, id, url),
    ),
  );
}

const viewCommands = [addViewDiff, addViewVerify, addViewVacuum, addViewDrop];

async function showPlace({ lockstep, out }: Session, id: string, text: string): Promise<void> {
  const view = await lockstep.registry.views.get(id);
  const place = await placeInView(lockstep, view, knownUrl(text));
  for (const line of describePlace(view, place)) out.line(line);
  out.result(place);
}

async function showView({ lockstep, out, signal }: Session, id: string): Promise<void> {
  const { registry, index } = lockstep;
  const found = await registry.views.get(id);
  const epochs = await registry.views.epochs(found.id);
  const { spec, publishedEpoch, droppedAt } = found;
  const isEmpty = publishedEpoch === 0 || droppedAt !== null;
  const indexedChunks = isEmpty ? 0 : await index.count(found, publishedEpoch, signal);
  out.line(`${found.id} (${found.specHash.slice(0, 12)}), ${indexedChunks} chunks in the index`);
  out.line(`  dense   ${spec.dense.provider}:${spec.dense.model}, ${found.fingerprint}`);
  out.line(
    `  sparse  ${spec.sparse.name}@${spec.sparse.version}, k1 ${spec.sparse.k1}, b ${spec.sparse.b}`,
  );
  out.line(
    `  chunker ${spec.chunker.name}@${spec.chunker.version}, ${spec.chunker.tokensMax} tokens`,
  );
  if (droppedAt !== null) out.line(`  dropped ${droppedAt}`);
  else out.line(found.readyAt === null ? '  not ready' : `  ready   since ${found.readyAt}`);
  out.table(
    ['epoch', 'status', 'documents', 'chunks', 'published'],
    epochs.map(({ viewId, number, status, documents, chunks, publishedAt }) => [
      epochId(viewId, number),
      status,
      documents,
      chunks,
      publishedAt ?? '–',
    ]),
  );
  out.result({ ...found, epochs, indexedChunks });
}
