import type { CrawlContext } from './crawl-context.ts';
import { settleMoves } from './moves.ts';
import { visitPage } from './visit-page.ts';

/** Visits all that is on the frontier, then what is to be looked at again. */
export async function visitAll(context: CrawlContext): Promise<void> {
  let done = 0;
  do {
    done = await visitRound(context, done);
    await settleMoves(context);
  } while (context.frontier.waiting > 0 && !isOver(context));
}

/** Whether the crawl has come to the end of its time. */
const isOver = ({ deps, endsAtMs }: CrawlContext): boolean => deps.clock.monotonicMs() >= endsAtMs;

/**
 * As many visits at once as the source allows, until the frontier is empty and all are back. A turn
 * begins when the one before has ended, so that no page's depth depends on who answers first, and
 * second looks come when all else is known. Ends early at an abort or a failure, but not before
 * every visit has: nothing is written any more when this returns.
 */
async function visitRound(context: CrawlContext, doneBefore: number): Promise<number> {
  const { frontier, source, signal, onProgress } = context;
  const flying = new Map<Promise<void>, number>();
  let done = doneBefore;
  let failure: { readonly thrown: unknown } | null = null;
  while (failure === null && !signal.aborted && !isOver(context)) {
    const turnMax = flying.size === 0 ? undefined : Math.min(...flying.values());
    const isBusy = flying.size >= source.limits.concurrencyMax;
    const entry = isBusy ? undefined : frontier.next(turnMax);
    if (entry === undefined) {
      if (flying.size === 0) break;
      await Promise.race(flying.keys());
      continue;
    }
    const visit: Promise<void> = visitPage(context, entry)
      .catch((thrown: unknown) => {
        failure ??= { thrown };
      })
      .finally(() => {
        flying.delete(visit);
        done += 1;
        onProgress({ stage: 'crawl', done, total: done + flying.size + frontier.waiting });
      });
    flying.set(visit, entry.turn);
  }
  await Promise.all(flying.keys());
  if (failure !== null) throw (failure as { thrown: unknown }).thrown;
  signal.throwIfAborted();
  return done;
}

/** Runs pieces of work one after the other, in the order in which they are given. */
export function createSequence(): CrawlContext['inTurn'] {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
}
