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

/** URLs to visit, each at most once, shallow ones first. */
export type Frontier = {
  /** Adds a URL unless it was added before; says whether it is new and within the limits. */
  add(entry: FrontierUrl): boolean;
  has(url: string): boolean;
  next(): FrontierUrl | undefined;
  /** Puts a visited URL at the very end, for a second look. */
  again(entry: FrontierUrl): void;
  /** All URLs ever added. */
  readonly size: number;
  /** Distinct URLs that were refused because the frontier was full or they lay too deep. */
  readonly refused: number;
};

export type FrontierLimits = { readonly pagesMax: number; readonly depthMax: number };

/** Refused URLs that are told apart; beyond, each refusal counts. */
const REFUSED_MAX = 100_000;

export function createFrontier(limits: FrontierLimits): Frontier {
  const added = new Set<string>();
  const refused = new Set<string>();
  const levels: Line[] = [];
  const last = createLine();
  let refusals = 0;
  return {
    add(entry) {
      if (added.has(entry.url)) return false;
      if (entry.depth > limits.depthMax || added.size >= limits.pagesMax) {
        if (!refused.has(entry.url)) refusals += 1;
        if (refused.size < REFUSED_MAX) refused.add(entry.url);
        return false;
      }
      added.add(entry.url);
      levels[entry.depth] ??= createLine();
      levels[entry.depth]?.push(entry);
      return true;
    },
    has: (url) => added.has(url),
    next() {
      for (const line of levels) {
        const entry = line?.shift();
        if (entry !== undefined) return entry;
      }
      return last.shift();
    },
    again: (entry) => void last.push(entry),
    get size() {
      return added.size;
    },
    get refused() {
      return refusals;
    },
  };
}

type Line = { push(entry: FrontierUrl): void; shift(): FrontierUrl | undefined };

/** Entries that were taken and still occupy their places before the places are freed. */
const TAKEN_MAX = 1_024;

/** First in, first out, in constant time: `Array.shift` moves every entry that is left. */
function createLine(): Line {
  let entries: FrontierUrl[] = [];
  let taken = 0;
  return {
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
