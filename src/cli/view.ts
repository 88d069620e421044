import type { Command } from 'commander';
import { epochId } from '#domain/epoch.ts';
import { addList, addShow } from './list-and-show.ts';
import type { Cli } from './lockstep.ts';

export function addViewCommand(program: Command, cli: Cli): void {
  const view = program.command('view').description('look at feature views and their epochs');
  addList(view, cli, {
    of: 'feature views',
    read: ({ registry }) => registry.views.list(),
    head: ['view', 'epoch', 'embedder', 'chunk tokens', 'since'],
    row: ({ id, publishedEpoch, spec, createdAt }) => [
      id,
      publishedEpoch,
      `${spec.dense.provider}:${spec.dense.model}`,
      spec.chunker.tokensMax,
      createdAt,
    ],
  });
  addShow(view, cli, {
    of: 'feature views',
    example: 'posts@v1',
    read: async ({ registry, index }, id) => {
      const found = await registry.views.get(id);
      const epochs = await registry.views.epochs(found.id);
      const signal = cli.signal;
      const indexed =
        found.publishedEpoch === 0 ? 0 : await index.count(found, found.publishedEpoch, signal);
      return { ...found, epochs, indexedChunks: indexed };
    },
    draw: (out, { id, spec, fingerprint, specHash, epochs, indexedChunks }) => {
      out.line(`${id} (${specHash.slice(0, 12)}), ${indexedChunks} chunks in the index`);
      out.line(`  dense   ${spec.dense.provider}:${spec.dense.model}, ${fingerprint}`);
      out.line(
        `  sparse  ${spec.sparse.name}@${spec.sparse.version}, k1 ${spec.sparse.k1}, b ${spec.sparse.b}`,
      );
      out.line(
        `  chunker ${spec.chunker.name}@${spec.chunker.version}, ${spec.chunker.tokensMax} tokens`,
      );
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
    },
  });
}
