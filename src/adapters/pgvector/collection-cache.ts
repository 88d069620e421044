import type { VisiblePoints } from './bm25.ts';
import { bucketOf, eachList, type PostingList, wordsOf } from './postings.ts';

/** One serving process asks for very few collections and epochs. */
const COLLECTIONS_MAX = 4;
const EPOCHS_MAX = 4;
/** Postings of one collection that are kept. */
const POSTINGS_BYTES_MAX = 64 * 2 ** 20;
const ROW_BYTES = 20;
/** Filters of one epoch: most questions come through one of a few. */
const FILTERS_MAX = 16;

/** What is remembered of one state of a collection. */
export type CollectionState = {
  readonly version: string;
  readonly visible: ReadonlyMap<number, VisibleState>;
  /** Begins to look terms up. What is remembered now counts, even if it is forgotten meanwhile. */
  lookUp(terms: readonly number[]): LookUp;
};

export type VisibleState = VisiblePoints & {
  /** What a filter lets through, when it is remembered. */
  matching(filter: string): Uint8Array | undefined;
  /** Remembers what a filter lets through: the numbers, four bytes each. */
  see(filter: string, numbers: Buffer): Uint8Array;
};

export type LookUp = {
  /** Buckets that are to be read. */
  readonly buckets: readonly number[];
  /** Remembers those buckets, joined, and gives the lists of all terms. */
  lists(joined: Buffer): PostingLists;
};

type PostingLists = ReadonlyMap<number, readonly PostingList[]>;

/**
 * States of collections. Every write gives a collection a new version, so what is remembered under
 * the version at hand is never out of date.
 */
export function createCollectionCache() {
  const states = new Map<string, CollectionState & { readonly visible: Epochs }>();
  return {
    get: (collection: string): CollectionState | undefined => states.get(collection),
    /** Remembers visible points; a new version forgets all that there was of an older one. */
    see(collection: string, version: string, seen: { epoch: number; points: Buffer | null }) {
      const known = states.get(collection);
      const state = known?.version === version ? known : createState(version);
      keep(states, { key: collection, value: state, max: COLLECTIONS_MAX });
      const visible = visibleOf(seen.points ?? Buffer.alloc(0));
      keep(state.visible, { key: seen.epoch, value: visible, max: EPOCHS_MAX });
      return { state, visible };
    },
  };
}

export type CollectionCache = ReturnType<typeof createCollectionCache>;
type Epochs = Map<number, VisibleState>;

/** Adds the newest, and drops the oldest beyond the limit. */
function keep<Key, Value>(
  entries: Map<Key, Value>,
  { key, value, max }: { readonly key: Key; readonly value: Value; readonly max: number },
): void {
  entries.delete(key);
  entries.set(key, value);
  for (const oldest of entries.keys()) {
    if (entries.size <= max) return;
    entries.delete(oldest);
  }
}

type Bucket = Map<number, PostingList[]>;

function createState(version: string): CollectionState & { readonly visible: Epochs } {
  const held = new Map<number, Bucket>();
  let bytes = 0;
  const remember = (added: ReadonlyMap<number, Bucket>, size: number) => {
    if (bytes + size > POSTINGS_BYTES_MAX) {
      held.clear();
      bytes = 0;
    }
    for (const [number, bucket] of added) held.set(number, bucket);
    bytes += size;
  };
  return {
    version,
    visible: new Map(),
    lookUp(terms) {
      const known = new Map<number, Bucket>();
      const buckets = new Set<number>();
      for (const number of terms.map(bucketOf)) {
        const bucket = held.get(number);
        if (bucket === undefined) buckets.add(number);
        else known.set(number, bucket);
      }
      return {
        buckets: [...buckets],
        lists(joined) {
          const added = bucketsIn(joined, buckets);
          remember(added, joined.length);
          const bucketWith = (term: number) =>
            known.get(bucketOf(term)) ?? added.get(bucketOf(term));
          return new Map(terms.map((term) => [term | 0, bucketWith(term)?.get(term | 0) ?? []]));
        },
      };
    },
  };
}

function bucketsIn(joined: Buffer, numbers: ReadonlySet<number>): ReadonlyMap<number, Bucket> {
  const buckets = new Map([...numbers].map((number): [number, Bucket] => [number, new Map()]));
  const words = wordsOf(joined);
  eachList(words, (term, from, to) => {
    const bucket = buckets.get(bucketOf(term));
    const list = words.subarray(from, to);
    const others = bucket?.get(term);
    if (others === undefined) bucket?.set(term, [list]);
    else others.push(list);
  });
  return buckets;
}

function visibleOf(rows: Buffer): VisibleState {
  const points = pointsOf(rows);
  const filters = new Map<string, Uint8Array>();
  return {
    ...points,
    matching: (filter) => filters.get(filter),
    see: (filter, numbers) => {
      const value = new Uint8Array(points.places.length);
      for (let at = 0; at < numbers.length; at += 4) {
        value[numbers.readInt32BE(at) - points.firstNo] = 1;
      }
      keep(filters, { key: filter, value, max: FILTERS_MAX });
      return value;
    },
  };
}

function pointsOf(rows: Buffer): VisiblePoints {
  const count = rows.length / ROW_BYTES;
  const ids = Buffer.alloc(16 * count);
  const numbers = new Int32Array(count);
  for (let row = 0; row < count; row++) {
    const at = ROW_BYTES * row;
    numbers[row] = rows.readInt32BE(at);
    rows.copy(ids, 16 * row, at + 4, at + ROW_BYTES);
  }
  const firstNo = numbers.reduce((least, no) => Math.min(least, no), Number.MAX_SAFE_INTEGER);
  const lastNo = numbers.reduce((most, no) => Math.max(most, no), 0);
  const places = new Int32Array(count === 0 ? 0 : lastNo - firstNo + 1);
  for (const [row, no] of numbers.entries()) places[no - firstNo] = row + 1;
  return { count, places, firstNo, ids };
}
