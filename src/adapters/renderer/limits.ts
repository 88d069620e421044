/** Bounds of what a page may do in the browser. */
export type RenderLimits = {
  /** Pages that are open at once. */
  readonly pagesMax: number;
  /** From opening a page to closing it, whatever its scripts do. */
  readonly renderMs: number;
  /** From the document's end to the moment when its text is taken, quiet or not. */
  readonly settleMs: number;
  /** A page is quiet when nothing changes in it and nothing is loaded for so long. */
  readonly quietMs: number;
  /** Of the written document. */
  readonly documentBytesMax: number;
  /** Of all that a page loads, as it comes over the wire. */
  readonly loadedBytesMax: number;
  /** Requests of one page, the document's own aside. */
  readonly requestsMax: number;
  /** Connections of one page that are open at once. */
  readonly connectionsMax: number;
  /** Redirects by script that are followed in one visit. */
  readonly redirectsMax: number;
  /** Of the heap of a page's scripts. */
  readonly memoryMbMax: number;
};

/** What suits posts: a page that needs more is an application. */
export const RENDER_LIMITS: RenderLimits = {
  pagesMax: 2,
  renderMs: 30_000,
  settleMs: 5_000,
  quietMs: 500,
  documentBytesMax: 20_000_000,
  loadedBytesMax: 30_000_000,
  requestsMax: 500,
  connectionsMax: 32,
  redirectsMax: 5,
  memoryMbMax: 512,
};
