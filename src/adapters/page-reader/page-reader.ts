import { AppError } from '#domain/errors.ts';
import type { RawPage } from '#ports/page-fetcher.ts';
import type { ExtractedPage, PageReader } from '#ports/page-reader.ts';
import { givenUp } from './given-up.ts';
import {
  createReadingThread,
  type ReadingThread,
  type ReadingThreadOptions,
} from './reading-thread.ts';
import { createTurns } from './turns.ts';

export type PageReaderOptions = ReadingThreadOptions & {
  /** Threads at a time. They start when there are pages for them. */
  readonly workersMax: number;
};

/** Who waits holds a page in memory; a caller that asks for more at once waits for none of them. */
const WAITING_MAX = 1_000;
/** A thread that ends for no stated reason gets one successor for its page. */
const ATTEMPTS_MAX = 2;

/**
 * Reads pages in threads that are ended, and replaced, when a page takes more time or memory than
 * it may. Rejects with `cancelled`; with `internal` when no thread can be started at all, as that
 * says nothing of the page.
 */
export function createPageReader(
  options: PageReaderOptions,
): PageReader & { close(): Promise<void> } {
  const turns = createTurns({ atOnceMax: options.workersMax, waitingMax: WAITING_MAX });
  const closing = new AbortController();
  const idle: ReadingThread[] = [];
  const busy = new Set<ReadingThread>();

  async function readIn(thread: ReadingThread, page: RawPage, signal: AbortSignal) {
    busy.add(thread);
    const reading = await thread.read(page, signal);
    busy.delete(thread);
    if (reading.kind === 'read' && !closing.signal.aborted) idle.push(thread);
    return reading;
  }

  async function attempt(page: RawPage, signal: AbortSignal): Promise<ExtractedPage> {
    let reason = '';
    for (let tried = 0; tried < ATTEMPTS_MAX; tried += 1) {
      if (tried > 0) await idle.pop()?.stop();
      if (signal.aborted) throw cancelled(signal);
      const thread = (tried === 0 ? idle.pop() : undefined) ?? createReadingThread(options);
      const isFresh = thread.pagesRead() === 0;
      const reading = await readIn(thread, page, signal);
      if (reading.kind === 'read') return reading.page;
      if (reading.kind === 'cancelled') throw cancelled(signal);
      if (reading.kind === 'late') return givenUp(page, lateness(options.timeMsMax));
      reason = reading.kind === 'died' ? dying(reading.reason) : hunger(options.memoryMbMax);
      if (reading.kind === 'died' && !reading.started && tried > 0) throw unstartable(reading);
      // What earlier pages left in the heap is not this page's fault.
      if (reading.kind === 'out_of_memory' && isFresh) break;
    }
    return givenUp(page, reason);
  }

  return {
    async read(page, signal) {
      const either = AbortSignal.any([signal, closing.signal]);
      const leave = await turns.take(either);
      if (leave === null) throw cancelled(either);
      try {
        return await attempt(page, either);
      } finally {
        leave();
      }
    },
    async close() {
      closing.abort(new Error('the page reader was closed'));
      await Promise.all([...idle.splice(0), ...busy].map((thread) => thread.stop()));
    },
  };
}

const lateness = (timeMsMax: number) => `reading it takes longer than ${timeMsMax / 1_000} s`;

const hunger = (memoryMbMax: number) => `reading it takes more than ${memoryMbMax} MB of memory`;

const dying = (reason: string) => `reading it failed twice (${reason})`;

const cancelled = ({ reason }: AbortSignal) =>
  new AppError('cancelled', 'the reading of a page was cancelled', { cause: reason });

const unstartable = ({ reason }: { readonly reason: string }) =>
  new AppError('internal', `no thread that reads pages can be started: ${reason}`, {
    retryable: true,
  });
