import { fuse } from '../../../src/domain/fusion.ts';
import type { FeatureIndex, IndexFilter, IndexPoint } from '../../../src/ports/feature-index.ts';
import { ask, signal, viewNumber } from '../../../test/contracts/feature-index/points.ts';
import { DIMENSION, type Question } from './made-points.ts';

/** Length of each ranking, ours and the peer's. */
export const LIMIT = 100;
/** What a run of the feature pipeline writes at once. */
const BATCH = 512;
const DENSE_WEIGHT = 0.4;
const FETCHED = 8;

/** Gives the ids that were found. */
type Search = (question: Question) => Promise<readonly string[]>;

export type Store = {
  readonly name: string;
  /** Gives milliseconds until the points are there, and until they are also indexed. */
  load(
    points: readonly IndexPoint[],
  ): Promise<{ readonly there: number; readonly indexed: number }>;
  readonly searches: Readonly<Record<string, Search>>;
  close?(): void;
};

export const batchesOf = (points: readonly IndexPoint[]): readonly (readonly IndexPoint[])[] =>
  Array.from({ length: Math.ceil(points.length / BATCH) }, (_, n) =>
    points.slice(n * BATCH, (n + 1) * BATCH),
  );

/** One of our indexes, with a collection of its own. */
export function ourStore(name: string, index: FeatureIndex, collection: string): Store {
  const view = { ...viewNumber(1, DIMENSION, collection), publishedEpoch: 1 };
  const rankings = (question: Partial<Question>, filter: IndexFilter, exact = false) =>
    index.search(view, ask({ ...question, filter, exact, limit: LIMIT }), signal);
  const dense = async ({ dense: vector }: Question, filter = {}, exact = false) =>
    (await rankings({ dense: vector }, filter, exact)).dense.map(({ id }) => id);
  const sparse = async ({ sparse: terms }: Question, filter = {}) =>
    (await rankings({ sparse: terms }, filter)).sparse.map(({ id }) => id);
  const hybrid = async (question: Question, filter: IndexFilter) => {
    const found = await rankings(question, filter);
    const best = fuse(found.dense, found.sparse, DENSE_WEIGHT).slice(0, FETCHED);
    await index.fetch(
      view,
      best.map(({ id }) => id),
      signal,
    );
    return best.map(({ id }) => id);
  };
  return {
    name,
    load: async (points) => {
      await index.drop(view, signal);
      await index.ensure(view, signal);
      const begun = performance.now();
      for (const batch of batchesOf(points)) await index.upsert(view, batch, signal);
      const there = performance.now() - begun;
      await index.seal(view, 1, signal);
      return { there, indexed: performance.now() - begun };
    },
    searches: {
      dense: (question) => dense(question),
      'dense, half of all': (question) => dense(question, { languages: ['fr'] }),
      'dense, 1 in 100': (question) => dense(question, { tags: ['rare'] }),
      'dense, exact': (question) => dense(question, {}, true),
      sparse: (question) => sparse(question),
      'sparse, half of all': (question) => sparse(question, { languages: ['fr'] }),
      [`hybrid, ${FETCHED} fetched`]: (question) => hybrid(question, {}),
      [`hybrid, half of all, ${FETCHED} fetched`]: (question) =>
        hybrid(question, { languages: ['fr'] }),
    },
  };
}
