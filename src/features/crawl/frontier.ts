/** How a URL became known. Everything but `known` says that the site still lists it. */
export type FoundBy = 'seed' | 'feed' | 'sitemap' | 'link' | 'redirect' | 'known';

/** A URL that discovery has found and fetching has not yet asked for. */
export type FrontierUrl = {
  readonly url: string;
  /** Links followed from a seed. */
  readonly depth: number;
  readonly foundBy: FoundBy;
  /** URLs whose redirects led here, oldest first. */
  readonly via: readonly string[];
};

/** A URL whose turn has come. Turns are those of depths; then come known pages, then second looks. */
export type FrontierVisit = FrontierUrl & { readonly turn: number };

/**
 * URLs to visit, each at most once but for second looks: shallow ones first, then those that are
 * known and that nothing has led to, then second looks.
 */
export type Frontier = {
  /** Adds a URL unless it was added before; says whether it is new and within the limits. */
  add(entry: FrontierUrl): boolean;
  has(url: string): boolean;
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
  readonly line: Line;
  readonly waits: boolean;
  readonly looks: number;
};

export function createFrontier(limits: FrontierLimits): Frontier {
  const places = new Map<string, Place>();
  const refused = new Set<string>();
  const levels: Line[] = [];
  const [known, last] = [createLine(limits.depthMax + 1), createLine(limits.depthMax + 2)];
  // A known page takes none of the room of those that the site still lists.
  const counts = { waiting: 0, known: 0, refusals: 0 };

  function put(entry: FrontierUrl, line: Line, looks: number): void {
    places.set(entry.url, { entry, line, waits: true, looks });
    line.push(entry);
    counts.waiting += 1;
  }

  function refuse(url: string): false {
    if (!refused.has(url)) counts.refusals += 1;
    if (refused.size < REFUSED_MAX) refused.add(url);
    return false;
  }

  const isFull = () => places.size - counts.known >= limits.pagesMax;
  const isKnown = (place: Place | undefined) => place?.waits === true && place.line === known;

  function add(entry: FrontierUrl): boolean {
    const place = places.get(entry.url);
    if (place !== undefined && (!isKnown(place) || entry.foundBy === 'known')) return false;
    if (entry.foundBy === 'known') {
      counts.known += 1;
      put(entry, known, 0);
      return true;
    }
    if (entry.depth > limits.depthMax || isFull()) return refuse(entry.url);
    if (refused.delete(entry.url)) counts.refusals -= 1;
    if (place !== undefined) leaveKnown();
    levels[entry.depth] ??= createLine(entry.depth);
    const level = levels[entry.depth];
    if (level !== undefined) put(entry, level, 0);
    return true;
  }

  function leaveKnown(): void {
    counts.known -= 1;
    counts.waiting -= 1;
  }

  /** The first entry of a line that still waits in it. */
  function take(line: Line): FrontierVisit | undefined {
    for (let entry = line.shift(); entry !== undefined; entry = line.shift()) {
      const place = places.get(entry.url);
      if (place?.waits !== true || place.line !== line) continue;
      if (line === known && isFull()) {
        leaveKnown();
        places.delete(entry.url);
        refuse(entry.url);
        continue;
      }
      if (line === known) counts.known -= 1;
      counts.waiting -= 1;
      places.set(entry.url, { ...place, waits: false, looks: place.looks + 1 });
      return { ...entry, turn: line.turn };
    }
    return undefined;
  }

  return {
    add,
    has: (url) => places.has(url),
    next(turnMax = Number.POSITIVE_INFINITY) {
      for (const line of [...levels, known, last]) {
        if (line === undefined) continue;
        if (line.turn > turnMax) return undefined;
        const visit = take(line);
        if (visit !== undefined) return visit;
      }
      return undefined;
    },
    again(entry) {
      const place = places.get(entry.url);
      if (place?.waits === true) return true;
      if ((place?.looks ?? 0) >= LOOKS_MAX) return false;
      put(place?.entry ?? entry, last, place?.looks ?? 0);
      return true;
    },
    get waiting() {
      return counts.waiting;
    },
    get size() {
      return places.size;
    },
    get refused() {
      return counts.refusals;
    },
  };
}

type Line = {
  readonly turn: number;
  push(entry: FrontierUrl): void;
  shift(): FrontierUrl | undefined;
};

/** Entries that were taken and still occupy their places before the places are freed. */
const TAKEN_MAX = 1_024;

/** First in, first out, in constant time: `Array.shift` moves every entry that is left. */
function createLine(turn: number): Line {
  let entries: FrontierUrl[] = [];
  let taken = 0;
  return {
    turn,
    push: (entry) => void entries.push(entry),
    shift() {
      const entry = entries[taken];
      if (entry === undefined) return undefined;
      taken += 1;
      if (taken > TAKEN_MAX && taken * 2 > entries.length) {
        entries = entries.slice(taken);
        taken = 0;
      }
      return entry;
    },
  };
}
