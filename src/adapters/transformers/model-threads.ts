import { AppError } from '#domain/errors.ts';
import { createModelThread, type ModelThread, type ModelThreadOptions } from './model-thread.ts';
import type { ThreadBatch } from './thread-messages.ts';

export type ModelThreads = {
  /** Length of the vectors; starts the first thread. */
  dimension(): Promise<number>;
  /** The vectors of a batch, when its turn has come. Rejects with the signal's reason when it aborts. */
  run(batch: ThreadBatch, signal: AbortSignal): Promise<Float32Array>;
  close(): Promise<void>;
};

/** Batches that may wait for a thread; each call of the embedder has at most one a thread. */
const WAITING_MAX = 1_000;

/** Threads with one model, started when there is work for them and replaced when they end. */
export function createModelThreads(
  options: ModelThreadOptions & { readonly threads: number },
): ModelThreads {
  const threads = new Set<ModelThread>();
  const idle: ModelThread[] = [];
  const waiting = new Set<(thread: ModelThread) => void>();
  let isClosed = false;

  const start = (): ModelThread => {
    if (isClosed) throw new AppError('cancelled', `${options.name} was closed`);
    const thread = createModelThread(options);
    threads.add(thread);
    return thread;
  };
  const giveBack = (thread: ModelThread) => {
    if (thread.hasEnded()) threads.delete(thread);
    const [next] = waiting;
    if (next === undefined) {
      if (!thread.hasEnded()) idle.push(thread);
      return;
    }
    waiting.delete(next);
    next(thread.hasEnded() ? start() : thread);
  };
  const take = (signal: AbortSignal): Promise<ModelThread> | ModelThread => {
    for (let thread = idle.pop(); thread !== undefined; thread = idle.pop()) {
      if (!thread.hasEnded()) return thread;
      threads.delete(thread);
    }
    if (threads.size < options.threads) return start();
    if (waiting.size >= WAITING_MAX) {
      throw new AppError('internal', `${WAITING_MAX} batches wait for ${options.name} already`);
    }
    const turn = Promise.withResolvers<ModelThread>();
    const leave = () => {
      waiting.delete(go);
      turn.reject(signal.reason);
    };
    const go = (thread: ModelThread) => {
      signal.removeEventListener('abort', leave);
      turn.resolve(thread);
    };
    waiting.add(go);
    signal.addEventListener('abort', leave, { once: true });
    return turn.promise;
  };

  return {
    async dimension() {
      const thread = start();
      try {
        return await thread.ready;
      } finally {
        giveBack(thread);
      }
    },
    async run(batch, signal) {
      signal.throwIfAborted();
      const thread = await take(signal);
      const running = thread.run(batch).finally(() => giveBack(thread));
      return await untilAborted(running, signal);
    },
    async close() {
      isClosed = true;
      await Promise.all([...threads].map((thread) => thread.stop()));
    },
  };
}

/** A batch that runs cannot be stopped; it is small, and whoever left does not wait for it. */
async function untilAborted<T>(running: Promise<T>, signal: AbortSignal): Promise<T> {
  running.catch(() => undefined);
  const gate = Promise.withResolvers<never>();
  const onAbort = () => gate.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([running, gate.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
