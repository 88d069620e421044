import type { Hit, RetrievalExplanation } from '#domain/answer.ts';
import type { ChunkMember } from '#domain/chunk.ts';
import { prepareText } from '#domain/embedding.ts';
import { AppError } from '#domain/errors.ts';
import { fuseAs, rangeOf } from '#domain/fusion.ts';
import { type PairingManifest, retrievalOf } from '#domain/pairing.ts';
import type { IndexFilter, IndexRankings } from '#ports/feature-index.ts';
import { type Chosen, choosePoints } from './choose-points.ts';
import type { RetrievalDependencies } from './dependencies.ts';
import { createPointReader } from './read-points.ts';
import type { Serving } from './resolve.ts';

export type RetrievalRequest = {
  readonly serving: Pick<Serving, 'view' | 'embedder' | 'sparse'> & {
    readonly pairing: { readonly manifest: Pick<PairingManifest, 'retrieval'> };
  };
  readonly epoch: number;
  /** As `rewrite` gives it. */
  readonly text: string;
  /** Most hits that are given back. */
  readonly limit: number;
  readonly filter: IndexFilter;
  /** In place of what the pairing says; `undefined` leaves it at that. */
  readonly hitsPerDocumentMax?: number | null | undefined;
};

export type Retrieved = {
  readonly hits: readonly Hit[];
  readonly explanation: RetrievalExplanation;
};

/** How much deeper the rankings are read when grouping left too few hits, and how deep at most. */
const DEEPER_FACTOR = 4;
const CANDIDATES_MAX = 10_000;

/**
 * Hits of both rankings, fused, best first; by marginal relevance and with only so many of one
 * document where the pairing says so. When grouping leaves fewer than `limit`, the rankings are read
 * deeper, to 10,000 points each, until there are enough or no more. Rejects with `text_too_long`
 * when the text is more than the view's embedder takes.
 */
export async function retrieve(
  deps: Pick<RetrievalDependencies, 'index'>,
  request: RetrievalRequest,
  signal: AbortSignal,
): Promise<Retrieved> {
  const { serving, epoch, limit, filter } = request;
  const { view } = serving;
  const settings = retrievalOf(serving.pairing.manifest.retrieval);
  const { fusion, mmrLambda } = settings;
  const perDocumentMax =
    request.hitsPerDocumentMax === undefined
      ? settings.hitsPerDocumentMax
      : request.hitsPerDocumentMax;
  const { dense, sparse } = await vectorsOf(request, signal);
  const points = createPointReader(deps.index, view, signal);
  for (let candidates = settings.candidates; ; candidates *= DEEPER_FACTOR) {
    const isLast = candidates >= CANDIDATES_MAX;
    const length = Math.min(candidates, CANDIDATES_MAX);
    const rankings =
      dense === null && sparse === null
        ? NO_RANKINGS
        : await deps.index.search(view, { dense, sparse, epoch, limit: length, filter }, signal);
    const fused = fuseAs(fusion, rankings.dense, rankings.sparse);
    const chosen = await choosePoints(points, fused, { limit, mmrLambda, perDocumentMax });
    const isWhole = rankings.dense.length < length && rankings.sparse.length < length;
    if (perDocumentMax !== null && chosen.length < limit && !isWhole && !isLast) continue;
    return {
      hits: await hitsOf(points, chosen),
      explanation: {
        searchedFor: request.text,
        fusion: fusion.kind,
        denseWeight: fusion.denseWeight,
        rrfK: fusion.kind === 'rrf' ? fusion.rrfK : null,
        candidates: length,
        dense: dense === null ? null : rangeOf(rankings.dense),
        sparse: sparse === null ? null : rangeOf(rankings.sparse),
        fused: rangeOf(fused),
        hitsPerDocumentMax: perDocumentMax,
        mmrLambda,
      },
    };
  }
}

const NO_RANKINGS: IndexRankings = { dense: [], sparse: [] };

/** What is searched with; `null` where a ranking has no part. */
async function vectorsOf({ serving, text }: RetrievalRequest, signal: AbortSignal) {
  const { denseWeight } = serving.pairing.manifest.retrieval;
  const prepared = prepareText(text);
  requireFitting(serving, prepared);
  // A ranking without weight adds no points, so it is not asked for.
  const [vector] = denseWeight > 0 ? await serving.embedder.embed([prepared], 'query', signal) : [];
  const terms = denseWeight < 1 ? serving.sparse.encodeQuery(prepared) : null;
  return {
    // No known token, no direction: such a vector is as near to everything as to nothing.
    dense: vector?.some((value) => value !== 0) ? vector : null,
    sparse: terms !== null && terms.indices.length > 0 ? terms : null,
  };
}

function requireFitting({ view, embedder }: RetrievalRequest['serving'], text: string): void {
  const { tokensMax, queryPrefix } = embedder.spec;
  const tokens = embedder.countTokens(queryPrefix + text);
  if (tokens <= tokensMax) return;
  throw new AppError(
    'text_too_long',
    `the question has ${tokens} tokens; the embedder of ${view.id} takes ${tokensMax}. Shorten it.`,
    { param: 'question' },
  );
}

async function hitsOf(
  points: ReturnType<typeof createPointReader>,
  chosen: readonly Chosen[],
): Promise<readonly Hit[]> {
  const members = await points.members(chosen.map(({ point }) => point.id));
  return chosen.map((choice, at) => hitOf(choice, members[at] as ChunkMember));
}

const hitOf = ({ point, fusedRank, mmr }: Chosen, { chunk, context }: ChunkMember): Hit => ({
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
  ...(chunk.frame && { frame: chunk.frame }),
  score: point.score,
  denseRank: point.denseRank,
  sparseRank: point.sparseRank,
  denseScore: point.denseScore,
  sparseScore: point.sparseScore,
  explanation: {
    fusedRank,
    densePart: point.densePart,
    sparsePart: point.sparsePart,
    mmr,
    widened: null,
  },
});
