import type { Hit } from '#domain/answer.ts';
import { prepareText } from '#domain/embedding.ts';
import { AppError } from '#domain/errors.ts';
import { type FusedPoint, fuse } from '#domain/fusion.ts';
import type { RetrievalDependencies } from './dependencies.ts';
import type { Serving } from './resolve.ts';

export type RetrievalRequest = {
  readonly serving: Serving;
  readonly epoch: number;
  /** As `rewrite` gives it. */
  readonly text: string;
  /** Most hits that are given back. */
  readonly limit: number;
};

/**
 * Hits of both rankings, fused, best first. Rejects with `text_too_long` when the text is more than
 * the view's embedder takes.
 */
export async function retrieve(
  deps: RetrievalDependencies,
  { serving, epoch, text, limit }: RetrievalRequest,
  signal: AbortSignal,
): Promise<readonly Hit[]> {
  const { view, embedder } = serving;
  const { denseWeight, candidates } = serving.pairing.manifest.retrieval;
  const prepared = prepareText(text);
  requireFitting(serving, prepared);
  // A ranking without weight adds no points, so it is not asked for.
  const [vector] = denseWeight > 0 ? await embedder.embed([prepared], 'query', signal) : [];
  const terms = denseWeight < 1 ? deps.sparse.encodeQuery(prepared) : null;
  // No known token, no direction: such a vector is as near to everything as to nothing.
  const dense = vector?.some((value) => value !== 0) ? vector : null;
  const sparse = terms !== null && terms.indices.length > 0 ? terms : null;
  if (dense === null && sparse === null) return [];
  const rankings = await deps.index.search(
    view,
    { dense, sparse, epoch, limit: candidates, filter: {} },
    signal,
  );
  const best = fuse(rankings.dense, rankings.sparse, denseWeight).slice(0, limit);
  const members = await deps.index.fetch(
    view,
    best.map(({ id }) => id),
    signal,
  );
  const byId = new Map(members.map((member) => [member.id, member]));
  return best.map((point) => {
    const member = byId.get(point.id);
    if (member === undefined) {
      throw new AppError(
        'index_mismatch',
        `${view.collection} ranked point ${point.id} but does not hold it; reconcile the index.`,
        // A vacuum between the two calls has the same look.
        { retryable: true },
      );
    }
    return hitOf(point, member);
  });
}

function requireFitting({ view, embedder }: Serving, text: string): void {
  const { tokensMax, queryPrefix } = embedder.spec;
  const tokens = embedder.countTokens(queryPrefix + text);
  if (tokens <= tokensMax) return;
  throw new AppError(
    'text_too_long',
    `the question has ${tokens} tokens; the embedder of ${view.id} takes ${tokensMax}. Shorten it.`,
    { param: 'question' },
  );
}

type Member = Awaited<ReturnType<RetrievalDependencies['index']['fetch']>>[number];

const hitOf = (point: FusedPoint, { chunk, context }: Member): Hit => ({
  pointId: point.id,
  documentId: context.documentId,
  revisionId: context.revisionId,
  url: context.url,
  title: context.title,
  headingPath: chunk.headingPath,
  text: chunk.text,
  start: chunk.start,
  end: chunk.end,
  tokens: chunk.tokens,
  score: point.score,
  denseRank: point.denseRank,
  sparseRank: point.sparseRank,
  denseScore: point.denseScore,
  sparseScore: point.sparseScore,
});
