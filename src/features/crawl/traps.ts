/**
 * Tells calendars and other rooms of mirrors from a site's pages. URLs that differ in their numbers
 * and in the values of their parameters alone are of one family; a family whose pages give neither
 * a document nor a way out, one after the other, is not followed any further.
 */
export type TrapWatch = {
  /** Whether a URL is of a family that has proved barren. */
  isTrap(url: string): boolean;
  /** Notes what a visit gave: a document, or URLs of other families that were not known before. */
  note(url: string, isFruitful: boolean): void;
  /** Whether two URLs are of one family. */
  isAkin(a: string, b: string): boolean;
};

/** Visits in a row that give nothing, after which a family is given up. */
export const BARREN_MAX = 100;
/** Families that are watched; those beyond are followed as far as the other limits let. */
const FAMILIES_MAX = 50_000;

export function createTrapWatch(): TrapWatch {
  const barren = new Map<string, number>();
  return {
    isTrap: (url) => (barren.get(familyOf(url)) ?? 0) >= BARREN_MAX,
    note(url, isFruitful) {
      const family = familyOf(url);
      const before = barren.get(family) ?? 0;
      // A family is not opened again: which of its pages came first must not count for long.
      if (before >= BARREN_MAX) return;
      if (isFruitful) barren.delete(family);
      else if (before > 0 || barren.size < FAMILIES_MAX) barren.set(family, before + 1);
    },
    isAkin: (a, b) => familyOf(a) === familyOf(b),
  };
}

/** A URL with its numbers made equal, and of its parameters the names alone. */
function familyOf(url: string): string {
  const query = url.indexOf('?');
  const path = (query < 0 ? url : url.slice(0, query)).replace(/\d+/g, '0');
  if (query < 0) return path;
  const names = url
    .slice(query + 1)
    .split('&')
    .map((pair) => pair.split('=', 1)[0]);
  return `${path}?${names.sort().join('&')}`;
}
