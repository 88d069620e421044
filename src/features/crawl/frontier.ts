import { createTurns } from './turns.ts';

/** How a URL became known. Everything but `known` says that the site still lists it. */
export type FoundBy = 'seed' | 'feed' | 'sitemap' | 'shelf' | 'link' | 'redirect' | 'known';

/** A URL that discovery has found and fetching has not yet asked for. */
export type FrontierUrl = {
  readonly url: string;
  /** Links followed from a seed. */
  readonly depth: number;
  readonly foundBy: FoundBy;
  /** URLs whose redirects led here, oldest first. */
  readonly via: readonly string[];
};

/** A URL whose turn has come: its depth, or a later turn for known pages and for second looks. */
type FrontierVisit = FrontierUrl & { readonly turn: number };

/**
 * URLs to visit, each at most once but for second looks: shallow ones first, then those that are
 * known and that nothing has led to, then second looks.
 */
export type Frontier = {
  /** Adds a URL unless it was added before; says whether it is new and within the limits. */
  add(entry: FrontierUrl): boolean;
  has(url: string): boolean;
  /** Counts a URL as refused, for a reason of the caller's. */
  refuse(url: string): false;
  /** The next URL of a turn not after `turnMax`. */
  next(turnMax?: number): FrontierVisit | undefined;
  /**
   * Puts a visited URL at the very end, for a second look; one that waits anyway stays where it is.
   * Says whether it will be visited: a site cannot make itself be looked at without end.
   */
  again(entry: FrontierUrl): boolean;
  /** URLs that wait for a visit. */
  readonly waiting: number;
  /** All URLs ever added. */
  readonly size: number;
  /** Distinct URLs that were refused because the frontier was full or they lay too deep. */
  readonly refused: number;
};

export type FrontierLimits = { readonly pagesMax: number; readonly depthMax: number };

/** Refused URLs that are told apart; beyond, each refusal counts. */
const REFUSED_MAX = 100_000;
/** Visits of one URL in one crawl. */
const LOOKS_MAX = 4;

type Place = {
  readonly entry: FrontierUrl;
  readonly turn: number;
  readonly waits: boolean;
  readonly looks: number;
};

export function createFrontier(limits: FrontierLimits): Frontier {
  const turns = createTurns<FrontierUrl>();
  const [knownTurn, lastTurn] = [limits.depthMax + 1, limits.depthMax + 2];
  const places = new Map<string, Place>();
  const refused = createRefusals();
  // Known pages take none of the room of those that the site still lists.
  const counts = { waiting: 0, known: 0 };
  const isFull = () => places.size - counts.known >= limits.pagesMax;
  const put = (entry: FrontierUrl, turn: number, looks = 0): true => {
    places.set(entry.url, { entry, turn, waits: true, looks });
    turns.push(turn, entry);
    counts.waiting += 1;
    if (turn === knownTurn) counts.known += 1;
    return true;
  };
  const leave = ({ turn }: Place): void => {
    counts.waiting -= 1;
    if (turn === knownTurn) counts.known -= 1;
  };
  return {
    add(entry) {
      const place = places.get(entry.url);
      const isKnown = entry.foundBy === 'known';
      if (place !== undefined && (isKnown || !place.waits || place.turn !== knownTurn))
        return false;
      if (isKnown) return put(entry, knownTurn);
      if (entry.depth > limits.depthMax || isFull()) return refused.add(entry.url);
      refused.delete(entry.url);
      if (place !== undefined) leave(place);
      return put(entry, entry.depth);
    },
    has: (url) => places.has(url),
    refuse: refused.add,
    next(turnMax = lastTurn) {
      for (let next = turns.shift(turnMax); next !== undefined; next = turns.shift(turnMax)) {
        const { entry, turn } = next;
        const place = places.get(entry.url);
        // A known page that a link has led to waits in another line.
        if (place?.waits !== true || place.turn !== turn) continue;
        const tooMany = turn === knownTurn && isFull();
        leave(place);
        if (!tooMany) {
          places.set(entry.url, { ...place, waits: false, looks: place.looks + 1 });
          return { ...entry, turn };
        }
        places.delete(entry.url);
        refused.add(entry.url);
      }
      return undefined;
    },
    again(entry) {
      const place = places.get(entry.url);
      if (place?.waits === true) return true;
      const looks = place?.looks ?? 0;
      return looks < LOOKS_MAX && put(place?.entry ?? entry, lastTurn, looks);
    },
    get waiting() {
      return counts.waiting;
    },
    get size() {
      return places.size;
    },
    get refused() {
      return refused.count();
    },
  };
}

function createRefusals() {
  const urls = new Set<string>();
  let count = 0;
  return {
    add(url: string): false {
      if (!urls.has(url)) count += 1;
      if (urls.size < REFUSED_MAX) urls.add(url);
      return false;
    },
    delete(url: string): void {
      if (urls.delete(url)) count -= 1;
    },
    count: () => count,
  };
}
