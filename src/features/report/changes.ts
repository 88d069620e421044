import type { Change, CrawlChanges, Listed, PageLine } from '#domain/crawl-summary.ts';
import type { Document } from '#domain/document.ts';
import { byUrl, listed } from './listed.ts';
import { isRefused, isTaken } from './pages.ts';

const CHANGES_MAX = 50;

/** Listings and pages that only lead on are none that a crawl could lose. */
const IS_LISTING = new Set(['feed', 'sitemap']);

type Compared = {
  readonly pages: ReadonlyMap<string, PageLine>;
  /** Of the crawl before; empty when there was none. */
  readonly before: ReadonlyMap<string, PageLine>;
  /** Of the source, by URL. */
  readonly documents: ReadonlyMap<string, Document>;
  /** When this crawl began. */
  readonly startedAt: string;
};

/** What is otherwise than after the crawl before. Without one, all that was taken is new. */
export function changesOf({ pages, before, documents, startedAt }: Compared): CrawlChanges {
  const wasDocument = ({ url }: PageLine): boolean => {
    const was = before.get(url);
    if (was === undefined) return false;
    // What had not changed was a document only if there was one by then.
    const known = documents.get(url);
    return isTaken(was) || (was.outcome === 'unchanged' && isOlder(known, startedAt));
  };
  const wasLeftOut = ({ url }: PageLine): boolean => {
    const was = before.get(url);
    return (
      was !== undefined && (isRefused(was) || was.outcome === 'gone' || was.outcome === 'closed')
    );
  };
  const isAccepted = (page: PageLine): boolean =>
    page.outcome === 'new' ? before.has(page.url) : isTaken(page) && wasLeftOut(page);
  const these = (isWanted: (page: PageLine) => boolean) => select(pages.values(), isWanted);
  return {
    added: these((page) => page.outcome === 'new' && !before.has(page.url)),
    changed: these((page) => page.outcome === 'changed' && !isAccepted(page)),
    closed: these(({ outcome }) => outcome === 'closed'),
    moved: these(({ url, outcome }) => outcome === 'moved' && before.get(url)?.outcome !== 'moved'),
    rejected: these((page) => isRefused(page) && wasDocument(page)),
    accepted: these(isAccepted),
    unvisited: select(before.values(), (page) => !pages.has(page.url) && isMissed(page)),
  };
}

const isOlder = (document: Document | undefined, startedAt: string): boolean =>
  document !== undefined && document.firstSeenAt < startedAt;

/** A page that was gone before, or a listing, is not missed. */
const isMissed = ({ outcome }: PageLine): boolean =>
  outcome !== 'gone' && outcome !== 'closed' && !IS_LISTING.has(outcome);

const select = (
  pages: Iterable<PageLine>,
  isWanted: (page: PageLine) => boolean,
): Listed<Change> => {
  const wanted = [...pages].filter(isWanted).sort(byUrl);
  return listed(
    wanted.map(({ url, code }) => ({ url, code })),
    CHANGES_MAX,
  );
};
