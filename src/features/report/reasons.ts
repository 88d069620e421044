import type { CrawlSummary, PageLine, RejectReason } from '#domain/crawl-summary.ts';
import type { DeadLetter } from '#domain/document.ts';
import { ERROR_CODES } from '#domain/errors.ts';
import type { PageState } from '#domain/source.ts';
import { byUrl, listed } from './listed.ts';

const EXAMPLES_MAX = 3;

const CODES: ReadonlySet<string> = new Set(ERROR_CODES);

/**
 * Why pages were not taken, most pages first, from the last letter of each that the crawl wrote.
 * Pages that were rejected in passing, and taken in the end, are not among them.
 */
export function reasonsOf(
  letters: readonly DeadLetter[],
  pages: ReadonlyMap<string, PageLine>,
): readonly RejectReason[] {
  const last = new Map<string, DeadLetter>();
  for (const letter of letters) {
    if (pages.get(letter.url)?.code === null) continue;
    last.set(letter.url, letter);
  }
  const byCode = Map.groupBy(last.values(), ({ code }) => code);
  return [...byCode]
    .map(([code, group]) => ({
      code,
      pages: group.length,
      retryable: group.filter(({ retryable }) => retryable).length,
      examples: listed(
        group.toSorted(byUrl).map(({ url, message }) => ({ url, message })),
        EXAMPLES_MAX,
      ),
    }))
    .sort((one, other) => other.pages - one.pages || (one.code < other.code ? -1 : 1));
}

/**
 * Reasons for which pages that are unchanged, and so were not judged again, are no documents. Their
 * states hold either such a reason or what else they are.
 */
export function standingOf(
  pages: Iterable<PageLine>,
  states: ReadonlyMap<string, PageState>,
): CrawlSummary['standing'] {
  const counts = new Map<string, number>();
  for (const { url, outcome } of pages) {
    const was = outcome === 'unchanged' ? (states.get(url)?.outcome ?? '') : '';
    if (CODES.has(was)) counts.set(was, (counts.get(was) ?? 0) + 1);
  }
  return [...counts]
    .map(([code, count]) => ({ code, pages: count }))
    .sort((one, other) => other.pages - one.pages || (one.code < other.code ? -1 : 1));
}
