import type { SparseVector } from '#domain/embedding.ts';
import { compareScored, type ScoredPoint } from '#domain/fusion.ts';
import { uuidAt } from './binary.ts';
import { type PostingList, weightsOf } from './postings.ts';

/** The points that a reader at one epoch sees. */
export type VisiblePoints = {
  readonly count: number;
  /** By number − `firstNo`: the point's place among the visible ones, counted from 1; 0 for none. */
  readonly places: Int32Array;
  readonly firstNo: number;
  /** By place: 16 bytes each, the first for place 1. */
  readonly ids: Buffer;
};

export type SparseQuestion = {
  readonly asked: SparseVector;
  /** By signed term. */
  readonly lists: ReadonlyMap<number, readonly PostingList[]>;
  readonly visible: VisiblePoints;
  /** By number − `firstNo`: 1 for what a filter lets through; `null` lets all. */
  readonly matching: Uint8Array | null;
  readonly limit: number;
};

/**
 * The port's sparse ranking: Σ query weight · idf · passage weight. N and n are counted over all
 * visible points, whatever the filter, so that a filter never changes a score.
 */
export function rankSparse(question: SparseQuestion): readonly ScoredPoint[] {
  const { asked, lists, visible, matching, limit } = question;
  const scores = new Float64Array(visible.count + 1);
  for (const [at, term] of asked.indices.entries()) {
    const held = lists.get(term | 0) ?? [];
    const n = held.reduce((sum, list) => sum + visibleIn(list, visible), 0);
    const idf = Math.log(1 + (visible.count - n + 0.5) / (n + 0.5));
    for (const list of held) addScores(scores, (asked.values[at] ?? 0) * idf, list, visible);
  }
  if (matching !== null) barOthers(scores, matching, visible);
  return best(scores, visible.ids, limit);
}

function visibleIn(list: PostingList, { places, firstNo }: VisiblePoints): number {
  let count = 0;
  for (let at = 0; at < list.length; at += 2) {
    if (places[(list[at] as number) - firstNo]) count++;
  }
  return count;
}

/** Those of points that are not visible add up at place 0. */
function addScores(
  scores: Float64Array,
  factor: number,
  list: PostingList,
  { places, firstNo }: VisiblePoints,
): void {
  const weights = weightsOf(list);
  for (let at = 0; at < list.length; at += 2) {
    const place = places[(list[at] as number) - firstNo] ?? 0;
    scores[place] = (scores[place] as number) + factor * (weights[at + 1] as number);
  }
}

function barOthers(scores: Float64Array, matching: Uint8Array, { places }: VisiblePoints): void {
  for (let at = 0; at < places.length; at++) {
    if (matching[at] !== 1) scores[places[at] as number] = 0;
  }
}

/** Candidates are sorted and cut whenever this many times the limit have come together. */
const SLACK = 8;

function best(scores: Float64Array, ids: Buffer, limit: number): readonly ScoredPoint[] {
  let found: ScoredPoint[] = [];
  let floor = 0;
  const cut = () => {
    found = found.sort(compareScored).slice(0, limit);
    // Equal scores are still let in: their ids decide.
    if (found.length === limit) floor = found.at(-1)?.score ?? 0;
  };
  for (let place = 1; place < scores.length; place++) {
    const score = scores[place] as number;
    if (score <= 0 || score < floor) continue;
    found.push({ id: uuidAt(ids, 16 * (place - 1)), score });
    if (found.length >= SLACK * limit) cut();
  }
  cut();
  return found;
}
