import { isVisible } from '#domain/epoch.ts';
import { sha256 } from '#domain/hash.ts';
import { openLockstep } from '../../src/compose.ts';
import { envToConfig } from '../../src/config/config.ts';

const FETCH_MAX = 500;

export type VisibleChunks = {
  readonly epoch: number;
  readonly documents: number;
  /** One line for each chunk that readers of the published epoch see in the index, sorted. */
  readonly lines: readonly string[];
};

/** What a reader sees of the newest view of a data folder, read from the index itself. */
export async function visibleChunks(dataFolder: string): Promise<VisibleChunks> {
  const found = envToConfig({ LOCKSTEP_DATA: dataFolder });
  if (found.kind === 'problems') throw new Error(found.problems.join('\n'));
  const lockstep = await openLockstep(found.config, 'drill');
  try {
    const { registry, index, settings } = lockstep;
    const view = await registry.views.get(settings.viewName);
    const signal = new AbortController().signal;
    const ids: string[] = [];
    for await (const point of index.scan(view, signal)) {
      if (isVisible(point, view.publishedEpoch)) ids.push(point.id);
    }
    const lines: string[] = [];
    for (let at = 0; at < ids.length; at += FETCH_MAX) {
      const members = await index.fetch(view, ids.slice(at, at + FETCH_MAX), signal);
      for (const { chunk, context } of members) {
        const { start, end, headingPath, text } = chunk;
        lines.push(
          `${context.url} ${start}-${end} ${sha256(`${headingPath.join('\n')}\n${text}`)}`,
        );
      }
    }
    const documents = new Set(lines.map((line) => line.split(' ', 1)[0])).size;
    return { epoch: view.publishedEpoch, documents, lines: lines.sort() };
  } finally {
    await lockstep.close();
  }
}
