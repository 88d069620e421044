import { OUTCOMES, type PageLine } from '#domain/crawl-summary.ts';
import type { DeadLetter } from '#domain/document.ts';
import type { Visit } from '#domain/visit.ts';

/** Outcomes of a page whose content was taken. */
const TAKEN = new Set(['new', 'changed', 'same']);

/**
 * What one crawl made of each page. The last visit of a page tells, unless it only found again what
 * this crawl had recorded, or a letter came after it: a twin that was found later took its place.
 * The page took as long, and was as large, as at its worst. Letters are in the order of writing.
 */
export function pagesOf(
  visits: readonly Visit[],
  letters: readonly DeadLetter[],
): ReadonlyMap<string, PageLine> {
  const pages = new Map<string, PageLine>();
  const seenAt = new Map<string, string>();
  for (const visit of visits) {
    const before = pages.get(visit.url);
    seenAt.set(visit.url, visit.at);
    pages.set(visit.url, { ...cameOf(before, visit), ...worstOf(before, visit) });
  }
  for (const { url, at, code } of letters) {
    const page = pages.get(url);
    if (page === undefined || !TAKEN.has(page.outcome) || at < (seenAt.get(url) ?? '')) continue;
    pages.set(url, { ...page, outcome: 'rejected', code });
  }
  return pages;
}

function cameOf(
  before: PageLine | undefined,
  { url, outcome, code }: Visit,
): Pick<PageLine, 'url' | 'outcome' | 'code'> {
  const foundAgain = outcome === 'unchanged' || outcome === 'same';
  return foundAgain && before !== undefined && TAKEN.has(before.outcome)
    ? before
    : { url, outcome, code };
}

const worstOf = (before: PageLine | undefined, { elapsedMs, bytes }: Visit) => ({
  elapsedMs: Math.max(elapsedMs, before?.elapsedMs ?? 0),
  bytes: Math.max(bytes, before?.bytes ?? 0),
});

/** Whether a host was sent a request: robots.txt or a host that was given up can stop it before. */
export const isAsked = ({ elapsedMs, bytes }: Pick<Visit, 'elapsedMs' | 'bytes'>): boolean =>
  elapsedMs > 0 || bytes > 0;

/** Whether the crawl took the page's content; `unchanged` says only that it is what it was. */
export const isTaken = ({ outcome }: Pick<PageLine, 'outcome'>): boolean => TAKEN.has(outcome);

/** Whether the page was refused or could not be had. */
export const isRefused = ({ outcome }: Pick<PageLine, 'outcome'>): boolean =>
  outcome === 'rejected' || outcome === 'failed';

/** How many pages came to what, in the order in which reports tell of it. */
export function outcomesOf(
  pages: Iterable<PageLine>,
): readonly { readonly outcome: string; readonly pages: number }[] {
  const counts = new Map<string, number>();
  for (const { outcome } of pages) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  const known: readonly string[] = OUTCOMES;
  const others = [...counts.keys()].filter((outcome) => !known.includes(outcome)).sort();
  return [...known, ...others].flatMap((outcome) => {
    const count = counts.get(outcome);
    return count === undefined ? [] : [{ outcome, pages: count }];
  });
}
