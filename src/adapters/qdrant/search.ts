import type { SparseVector } from '#domain/embedding.ts';
import { AppError } from '#domain/errors.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import { compareScored, type ScoredPoint } from '#domain/fusion.ts';
import { type IndexQuery, type IndexRankings, requireDimension } from '#ports/feature-index.ts';
import { DENSE, SPARSE } from './collection.ts';
import { type Filter, filterOf, NOTHING, visibleAt } from './filter.ts';
import type { QdrantLimits } from './options.ts';
import type { Rarities, RarityCache } from './rarity.ts';
import type { QdrantSchemas, Requests } from './requests.ts';
import { unitVector } from './unit-vector.ts';

type Search = {
  readonly requests: Requests;
  readonly rarities: RarityCache;
  readonly limits: Pick<QdrantLimits, 'tiesMax'>;
  readonly view: FeatureView;
  readonly signal: AbortSignal;
};
type Asked = QdrantSchemas['QueryRequest'];

/** Points asked for beyond the limit, so that a tie at the cut shows. */
const BEYOND = 16;
/** Candidates that the graph of vectors is searched for, at least. */
const GRAPH_BREADTH_MIN = 256;
/** Candidates found by quantised vectors for each point asked for; their scores are then exact. */
const OVERSAMPLING = 3;

export async function searchCollection(search: Search, query: IndexQuery): Promise<IndexRankings> {
  const { view } = search;
  const filter = filterOf(query.epoch, query.filter);
  const dense = query.dense === null ? null : denseQuery(view, query.dense);
  const terms = query.sparse === null || query.sparse.indices.length === 0 ? null : query.sparse;
  if (filter === null || query.limit < 1) return { dense: [], sparse: [] };
  const sparse = terms === null ? null : await sparseQuery(search, query.epoch, terms);
  const open: OpenRanking[] = [];
  if (dense !== null) {
    const exact = query.exact === true;
    open.push(openRanking({ kind: DENSE, vector: dense, filter, exact, limit: query.limit }));
  }
  if (sparse !== null)
    open.push(openRanking({ kind: SPARSE, ...sparse, filter, limit: query.limit }));
  await closeRankings(search, open);
  const ranked = (kind: string) =>
    open.find((ranking) => ranking.kind === kind)?.points.slice(0, query.limit) ?? [];
  return { dense: ranked(DENSE), sparse: ranked(SPARSE).filter(({ score }) => score > 0) };
}

/** A ranking that is asked for until it is known where it must be cut. */
type OpenRanking = {
  readonly kind: string;
  readonly limit: number;
  readonly request: (length: number, exact: boolean) => Asked;
  length: number;
  exact: boolean;
  closed: boolean;
  points: readonly ScoredPoint[];
};

type Ranking = { readonly filter: Filter; readonly limit: number } & (
  | { readonly kind: typeof DENSE; readonly vector: Float32Array; readonly exact: boolean }
  | ({ readonly kind: typeof SPARSE } & SparseQuery)
);

const openRanking = (ranking: Ranking): OpenRanking => ({
  kind: ranking.kind,
  limit: ranking.limit,
  request: (limit, exact) => ({
    using: ranking.kind,
    query: ranking.kind === DENSE ? [...ranking.vector] : { ...ranking.terms },
    filter: ranking.filter,
    limit,
    with_payload: false,
    with_vector: false,
    params: ranking.kind === DENSE ? denseParams(limit, exact) : ranking.params,
  }),
  length: ranking.limit + BEYOND,
  // Rankings by terms are always exact.
  exact: ranking.kind === SPARSE || ranking.exact,
  closed: false,
  points: [],
});

const denseParams = (limit: number, exact: boolean) => ({
  exact,
  hnsw_ef: Math.max(GRAPH_BREADTH_MIN, 2 * limit),
  quantization: { rescore: true, oversampling: OVERSAMPLING },
});

/** Asks for all open rankings in one request, again for those that are not settled by its answer. */
async function closeRankings(search: Search, rankings: readonly OpenRanking[]): Promise<void> {
  const { tiesMax } = search.limits;
  for (;;) {
    const open = rankings.filter(({ closed }) => !closed);
    if (open.length === 0) return;
    const requests = open.map(({ request, length, exact }) => request(length, exact));
    const answers = await query(search, requests);
    for (const [at, ranking] of open.entries()) {
      settle(ranking, answers[at] ?? [], tiesMax);
    }
  }
}

function settle(ranking: OpenRanking, points: readonly ScoredPoint[], tiesMax: number): void {
  ranking.points = [...points].sort(compareScored);
  const cut = ranking.points[ranking.limit - 1]?.score;
  if (points.length < ranking.length) {
    // Either no more match, or a search through the graph of vectors did not reach them.
    ranking.closed = ranking.exact;
    ranking.exact = true;
  } else if (cut !== ranking.points.at(-1)?.score || ranking.length >= ranking.limit + tiesMax) {
    ranking.closed = true;
  } else {
    ranking.length = Math.min(4 * ranking.length, ranking.limit + tiesMax);
  }
}

async function query(
  { requests, view, signal }: Search,
  searches: readonly Asked[],
): Promise<readonly (readonly ScoredPoint[])[]> {
  const answers = await requests.send(view, signal, (api, init) =>
    api.queryBatchPoints({ collection_name: view.collection, searches: [...searches] }, init),
  );
  return answers.map(({ points }) => points.map(({ id, score }) => ({ id: String(id), score })));
}

function denseQuery(view: FeatureView, values: Float32Array): Float32Array {
  requireDimension(view, values.length);
  const vector = unitVector(values);
  if (vector !== null) return vector;
  throw new AppError('invalid_input', 'the question has a vector that is not finite.');
}

type SparseQuery = {
  readonly terms: { readonly indices: number[]; readonly values: number[] };
  readonly params: { readonly idf: { readonly corpus: Filter } };
};

/**
 * Qdrant's rarity is the port's, ln(1 + (N − n + 0.5) / (n + 0.5)), counted over a `corpus`: all
 * that is visible, or nothing, which makes it ln 2 for every term. With the latter, and rarities that
 * are known, a search costs only its postings.
 */
async function sparseQuery(
  search: Search,
  epoch: number,
  { indices, values }: SparseVector,
): Promise<SparseQuery> {
  const rarities = search.rarities.of(search.view, epoch);
  if (rarities === null) {
    const terms = { indices: [...indices], values: [...values] };
    return { terms, params: { idf: { corpus: visibleAt(epoch) } } };
  }
  await learn(search, { epoch, rarities, terms: indices.filter((term) => !rarities.has(term)) });
  const weighed = values.map(
    (value, at) => (value * (rarities.get(indices[at] as number) ?? 0)) / Math.LN2,
  );
  return {
    terms: { indices: [...indices], values: weighed },
    params: { idf: { corpus: NOTHING } },
  };
}

type Unknown = {
  readonly epoch: number;
  readonly rarities: Rarities;
  readonly terms: readonly number[];
};

/** A term's rarity is how its best score changes with the corpus; one that nobody has needs none. */
async function learn(search: Search, { epoch, rarities, terms }: Unknown): Promise<void> {
  if (terms.length === 0) return;
  const visible = visibleAt(epoch);
  const best = (term: number, corpus: Filter): Asked => ({
    using: SPARSE,
    query: { indices: [term], values: [1] },
    filter: visible,
    limit: 1,
    params: { idf: { corpus } },
  });
  const answers = await query(
    search,
    terms.flatMap((term) => [best(term, visible), best(term, NOTHING)]),
  );
  for (const [at, term] of terms.entries()) {
    const counted = answers[2 * at]?.[0]?.score ?? 0;
    const plain = answers[2 * at + 1]?.[0]?.score ?? 0;
    rarities.set(term, plain > 0 ? (Math.LN2 * counted) / plain : 0);
  }
}
