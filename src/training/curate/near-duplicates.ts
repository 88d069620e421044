import { jaccard, minHashOf, shinglesOf } from '#domain/minhash.ts';
import { breathe, ROUNDS_MAX } from '../breathe.ts';

/** Texts this similar, by Jaccard over word 5-shingles, are near-duplicates. */
export const NEAR_DUPLICATE_MIN = 0.8;

/**
 * 32 bands of 4 rows: a pair at the threshold becomes a candidate with probability
 * 1 − (1 − .8⁴)³² > .99999. Source: Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets", 3.4.
 */
const BANDS = 32;
const ROWS = 4;

/** Positions of two texts, and their exact similarity. */
export type NearDuplicate = { readonly a: number; readonly b: number; readonly similarity: number };

/**
 * Pairs at or above the threshold, each verified on the real shingles. Pairs that earlier ones join
 * already are left out, so that n copies give n − 1 pairs: what comes back spans every cluster.
 */
export async function nearDuplicates(
  texts: readonly string[],
  signal: AbortSignal,
): Promise<readonly NearDuplicate[]> {
  const joined = createClusters(texts.length);
  const pairs: NearDuplicate[] = [];
  const shingles: ReadonlySet<number>[] = [];
  const buckets = new Map<string, number[]>();
  for (const [b, text] of texts.entries()) {
    if (b % ROUNDS_MAX === 0) await breathe(signal);
    const set = shinglesOf(text);
    shingles.push(set);
    for (const key of set.size === 0 ? [] : bandsOf(set)) {
      const bucket = buckets.get(key);
      if (bucket === undefined) buckets.set(key, [b]);
      else {
        for (const a of bucket) {
          if (joined.rootOf(a) === joined.rootOf(b)) continue;
          const similarity = jaccard(shingles[a] ?? EMPTY, set);
          if (similarity < NEAR_DUPLICATE_MIN) continue;
          joined.join(a, b);
          pairs.push({ a, b, similarity });
        }
        bucket.push(b);
      }
    }
  }
  return pairs;
}

const EMPTY: ReadonlySet<number> = new Set();

/** For each text the position of the first text of its cluster. */
export async function clustersOf(
  texts: readonly string[],
  signal: AbortSignal,
): Promise<readonly number[]> {
  const clusters = createClusters(texts.length);
  for (const { a, b } of await nearDuplicates(texts, signal)) clusters.join(a, b);
  return texts.map((_, at) => clusters.rootOf(at));
}

function bandsOf(shingles: ReadonlySet<number>): readonly string[] {
  const signature = minHashOf(shingles, BANDS * ROWS);
  return Array.from(
    { length: BANDS },
    (_, band) => `${band}:${signature.slice(band * ROWS, (band + 1) * ROWS).join()}`,
  );
}

/** Disjoint sets, each known by its smallest member. */
function createClusters(size: number) {
  const parents = Array.from({ length: size }, (_, at) => at);
  const rootOf = (at: number): number => {
    let root = at;
    for (let up = parents[root] ?? root; up !== root; up = parents[root] ?? root) root = up;
    for (let step = at; step !== root; ) {
      const up = parents[step] ?? root;
      parents[step] = root;
      step = up;
    }
    return root;
  };
  return {
    rootOf,
    join: (a: number, b: number): void => {
      const [low, high] = [rootOf(a), rootOf(b)].sort((x, y) => x - y);
      if (low !== undefined && high !== undefined) parents[high] = low;
    },
  };
}
