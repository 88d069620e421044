import type { Document } from '#domain/document.ts';
import type { PageState } from '#domain/source.ts';
import { isPreferred } from '../dedupe/preference.ts';
import { type CrawlContext, isCurrent } from './crawl-context.ts';
import { liveDocumentOf } from './known-pages.ts';
import { closeDocument, lookAgain } from './vanish.ts';

/** Moves that one page is followed through, by whatever redirects and pointers. */
const MOVES_MAX = 100;

/**
 * The pages that this crawl has seen moves lead through from `url`, itself first; it ends before it
 * repeats itself.
 */
function trailOf(context: CrawlContext, url: string): readonly string[] {
  const trail = new Set([url]);
  for (let at = url; trail.size < MOVES_MAX; ) {
    const state = context.pages.get(at);
    if (state?.outcome !== 'moved' || !isCurrent(context, state)) break;
    const [next] = state.links;
    if (next === undefined || trail.has(next)) break;
    trail.add(next);
    at = next;
  }
  return [...trail];
}

/** Whether a document's page has moved for good, and to `url` in the end or on the way. */
export function hasMovedTo(context: CrawlContext, document: Document, url: string): boolean {
  const state = context.pages.get(document.url);
  if (state?.outcome !== 'moved' || state.documentId !== document.id) return false;
  return trailOf(context, document.url).includes(url);
}

/** The page that moves lead to from `url`, when it is none that has moved itself. */
function endOf(context: CrawlContext, url: string): PageState | undefined {
  const end = context.pages.get(trailOf(context, url).at(-1) ?? url);
  return end?.outcome === 'moved' ? undefined : end;
}

/**
 * Pages that move to each other in a circle would all be lost. Of those that may stay the one that
 * would be preferred of twins does: it is the same whichever came first. `null` when a move from
 * `url` to `target` closes no circle, or one in which no page may stay.
 */
export function stayingOf(context: CrawlContext, url: string, target: string): string | null {
  const trail = trailOf(context, target);
  const closesAt = trail.indexOf(url);
  const members = trail.slice(0, closesAt + 1).filter((member) => context.mayStay.has(member));
  return members.reduce<string | null>(
    (best, member) => (best !== null && isPreferred(best, member) ? best : member),
    null,
  );
}

/** Looks again at the page that stays of a circle of moves, when the one from `url` closes one. */
export async function keepOne(context: CrawlContext, url: string, target: string): Promise<void> {
  const staying = stayingOf(context, url, target);
  if (staying !== null) await lookAgain(context, staying);
}

/**
 * What moves come to when all has been visited. The document of a page that has moved for good
 * closes when this crawl has found the page that it has moved to, as a document or as the twin of
 * one. A target that was taken for the twin of the very document that moved there is asked for
 * again, and so is a page that names a canonical one that is not there.
 */
export async function settleMoves(context: CrawlContext): Promise<void> {
  const moves = context.pages.all().filter(({ outcome }) => outcome === 'moved');
  // All are judged before any has consequences, so that their order does not count.
  const ends = moves.map((move) => ({ move, end: endOf(context, move.url) }));
  for (const { move, end } of ends) {
    if (end === undefined || !isCurrent(context, end)) continue;
    if (end.outcome === 'gone' && context.mayStay.has(move.url)) await lookAgain(context, move.url);
    else if (end.outcome === 'document' || end.outcome === 'duplicate') {
      await closeMoved(context, move, end);
    }
  }
}

async function closeMoved(context: CrawlContext, move: PageState, end: PageState): Promise<void> {
  const { pages } = context;
  const { documentId } = move;
  if (documentId === null || documentId !== liveDocumentOf(pages, move.url)) return;
  if (end.documentId === documentId) await lookAgain(context, end.url);
  else if (pages.live.has(end.documentId ?? '')) await closeDocument(context, documentId);
}
