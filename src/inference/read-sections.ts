import type { Hit } from '#domain/answer.ts';
import type { ChunkMember } from '#domain/chunk.ts';
import type { Revision } from '#domain/document.ts';
import { piecesOf, type SectionChunk } from '#domain/section.ts';
import type { Registry } from '#ports/registry.ts';
import type { RetrievalDependencies } from './dependencies.ts';
import type { Serving } from './resolve.ts';

export type SectionDependencies = Pick<RetrievalDependencies, 'index'> &
  Pick<Registry, 'documents'>;

/** A revision that holds a hit, and the chunks of the hit's section that it holds as well. */
type Section = {
  readonly revision: Pick<Revision, 'id' | 'markdown'>;
  readonly pieces: ReturnType<typeof piecesOf>;
};

/** Chunks of a document that are looked at: of a longer one those most like the hit. */
const CHUNKS_MAX = 1_000;
/** Revisions of a document that are looked through for one that holds the hit, besides its own. */
const REVISIONS_MAX = 2;

/**
 * The section of a hit as readers at the epoch see it: the document's visible chunks under the same
 * headings, placed in one revision. A chunk that a later revision left as it was still names the
 * revision it was first cut from, so that one section's chunks may name several; the newest that
 * holds the hit's text is taken, in which the chunks of today stand as they do today.
 */
export type ReadSection = (hit: Hit) => Promise<Section | null>;

export function createSectionReader(
  { index, documents }: SectionDependencies,
  { view, epoch }: { readonly view: Serving['view']; readonly epoch: number },
  signal: AbortSignal,
): ReadSection {
  const known = new Map<string, readonly ChunkMember[]>();
  const read = new Map<string, Revision>();

  const revisionsOf = async (ids: readonly string[]): Promise<readonly Revision[]> => {
    const missing = ids.filter((id) => !read.has(id));
    const fresh = missing.length === 0 ? [] : await documents.revisions(missing);
    for (const revision of fresh) read.set(revision.id, revision);
    return ids.flatMap((id) => read.get(id) ?? []);
  };

  const chunksOf = async ({ documentId, pointId }: Hit): Promise<readonly ChunkMember[]> => {
    const found = known.get(documentId);
    if (found !== undefined) return found;
    const dense = (await index.vectors(view, [pointId], signal)).get(pointId) ?? null;
    const filter = { documentId };
    // Every point of the document has a place in the ranking by similarity to one of them.
    const asked = { dense, sparse: null, epoch, limit: CHUNKS_MAX, filter, exact: true };
    const { dense: ranked } = await index.search(view, asked, signal);
    const members = await index.fetch(
      view,
      ranked.map(({ id }) => id),
      signal,
    );
    known.set(documentId, members);
    return members;
  };

  return async (hit) => {
    const members = await chunksOf(hit);
    const path = JSON.stringify(hit.headingPath);
    const section = members.filter(({ chunk }) => JSON.stringify(chunk.headingPath) === path);
    if (section.length < 2) return null;
    for (const revision of await revisionsOf(candidatesOf(members, hit))) {
      const pieces = piecesOf(revision, section.map(sectionChunk));
      if (pieces.some(({ id }) => id === hit.pointId)) return { revision, pieces };
    }
    return null;
  };
}

/** Ids of revisions, those of the youngest chunks first, the hit's own last. */
function candidatesOf(members: readonly ChunkMember[], { revisionId }: Hit): readonly string[] {
  const young = [...members].sort((a, b) => b.from - a.from || (a.id < b.id ? -1 : 1));
  const ids = new Set(young.map(({ context }) => context.revisionId));
  return [...new Set([...[...ids].slice(0, REVISIONS_MAX), revisionId])];
}

const sectionChunk = ({ id, chunk, context }: ChunkMember): SectionChunk => ({
  id,
  revisionId: context.revisionId,
  start: chunk.start,
  end: chunk.end,
  text: chunk.text,
});
