import type { Registry } from '#ports/registry.ts';
import { findTemplateBlocks, packHashes, unpackHashes } from '../clean/template-blocks.ts';
import { liveRevisions, reread } from '../reread.ts';
import { type CrawlContext, count } from './crawl-context.ts';

/** Hashes of the blocks that earlier crawls have found repeated across a source's pages. */
export const loadTemplates = async (
  registry: Pick<Registry, 'sources'>,
  sourceName: string,
): Promise<ReadonlySet<bigint>> =>
  new Set(unpackHashes(await registry.sources.templates(sourceName)));

/**
 * Finds the blocks that repeat across the source's pages by now, and reads those documents again,
 * from their stored bytes, that have a block which was none before or is none any more. What is
 * found is saved last: a crawl that is cut off before does all of it once more.
 */
export async function settleTemplates(context: CrawlContext): Promise<void> {
  const { deps, source, templates, signal } = context;
  const { sources, documents } = deps.registry;
  const blocks = await documents.blocks(source.name);
  const pages = [...blocks].map(([id, packed]) => ({ id, hashes: unpackHashes(packed) }));
  const found = findTemplateBlocks(pages);
  const turned = new Set([...found].filter((hash) => !templates.has(hash)));
  for (const hash of templates) if (!found.has(hash)) turned.add(hash);
  if (turned.size === 0) return;
  const concerned = new Set(
    pages.flatMap(({ id, hashes }) => (hashes.some((hash) => turned.has(hash)) ? [id] : [])),
  );
  const documentsOf = liveRevisions(deps, source.name, ({ id }) => concerned.has(id));
  for await (const { document, revision } of documentsOf) {
    const state = context.pages.get(document.url);
    if (state === undefined) continue;
    const request = { source, document, revision, state, templates: found };
    const outcome = await reread(deps, request, signal);
    if (outcome.kind === 'changed') count(context, 'templatesRemoved');
  }
  await sources.saveTemplates(source.name, packHashes([...found]));
}
