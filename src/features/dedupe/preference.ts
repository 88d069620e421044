/** Of twins the shorter URL is kept, then the first by code unit, in whatever order they came. */
export const isPreferred = (a: string, b: string): boolean =>
  a.length === b.length ? a < b : a.length < b.length;
