import { Worker } from 'node:worker_threads';
import type { RawPage } from '#ports/page-fetcher.ts';
import type { ExtractedPage } from '#ports/page-reader.ts';
import type { Clock } from '#ports/system.ts';

export type ReadingThreadOptions = {
  /**
   * A module that posts `'ready'` when it has loaded, and then an `ExtractedPage` for every
   * `RawPage` that it is sent.
   */
  readonly entry: URL;
  /** For one page, from when the thread has it. */
  readonly timeMsMax: number;
  /** Of the thread's heap. */
  readonly memoryMbMax: number;
  readonly clock: Clock;
};

/** What became of a page. After anything but `read` the thread has ended. */
type Reading =
  | { readonly kind: 'read'; readonly page: ExtractedPage }
  | { readonly kind: 'late' }
  | { readonly kind: 'out_of_memory' }
  | { readonly kind: 'cancelled' }
  /** `started` is false when the thread had not even loaded. */
  | { readonly kind: 'died'; readonly reason: string; readonly started: boolean };

export type ReadingThread = {
  /** Pages that it has read. */
  pagesRead(): number;
  /** One page at a time. The caller keeps its body. */
  read(page: RawPage, signal: AbortSignal): Promise<Reading>;
  stop(): Promise<void>;
};

/** For loading the entry; it takes a third of a second. */
const START_MS_MAX = 30_000;

type Ending = Exclude<Reading, { readonly kind: 'read' }>;

/** A thread that reads pages. It keeps the program from ending only while it has one. */
export function createReadingThread(options: ReadingThreadOptions): ReadingThread {
  const { entry, timeMsMax, memoryMbMax, clock } = options;
  // What hostile pages are read by has no use for the settings' secrets.
  const worker = new Worker(entry, {
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: memoryMbMax },
  });
  worker.unref();
  const ready = Promise.withResolvers<void>();
  let started = false;
  let pagesRead = 0;
  let ending: Ending | null = null;
  let settle: (reading: Reading) => void = () => undefined;

  const end = (reading: Ending) => {
    ending ??= reading;
    ready.resolve();
    settle(ending);
  };
  worker.on('message', (message: 'ready' | ExtractedPage) => {
    if (message !== 'ready') return settle({ kind: 'read', page: message });
    started = true;
    ready.resolve();
  });
  worker.on('error', (cause) => end(endingBy(cause, started)));
  worker.on('exit', (code) => {
    end({ kind: 'died', reason: `its thread ended with code ${code}`, started });
  });

  const stop = async (): Promise<void> => {
    end({ kind: 'cancelled' });
    await worker.terminate();
  };

  /** What is waited for, unless it takes too long. */
  async function within<T>(ms: number, waited: Promise<T>, late: Ending): Promise<T> {
    const timer = new AbortController();
    clock.sleep(ms, timer.signal).then(
      () => end(late),
      () => undefined,
    );
    try {
      return await waited;
    } finally {
      timer.abort();
    }
  }

  async function answerTo(page: RawPage): Promise<Reading> {
    if (!started) await within(START_MS_MAX, ready.promise, NOT_STARTED);
    if (ending !== null) return ending;
    const answer = Promise.withResolvers<Reading>();
    settle = answer.resolve;
    // A copy, as the caller needs the body; of its bytes alone, whatever buffer they are part of.
    const body = Uint8Array.from(page.body);
    worker.postMessage({ ...page, body }, [body.buffer]);
    return within(timeMsMax, answer.promise, { kind: 'late' });
  }

  return {
    pagesRead: () => pagesRead,
    async read(page, signal) {
      const cancel = () => end({ kind: 'cancelled' });
      signal.addEventListener('abort', cancel, { once: true });
      worker.ref();
      const reading = await answerTo(page);
      signal.removeEventListener('abort', cancel);
      if (reading.kind !== 'read') await worker.terminate();
      else pagesRead += 1;
      worker.unref();
      return reading;
    },
    stop,
  };
}

const NOT_STARTED: Ending = {
  kind: 'died',
  reason: `it has not loaded within ${START_MS_MAX / 1_000} s`,
  started: false,
};

function endingBy(cause: unknown, started: boolean): Ending {
  if (!(cause instanceof Error)) return { kind: 'died', reason: String(cause), started };
  if ('code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return { kind: 'out_of_memory' };
  }
  return { kind: 'died', reason: cause.message, started };
}
