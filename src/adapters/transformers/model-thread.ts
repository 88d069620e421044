import { Worker } from 'node:worker_threads';
import { AppError } from '#domain/errors.ts';
import type { ThreadAnswer, ThreadBatch, ThreadStart } from './thread-messages.ts';

export type ModelThread = {
  /** Length of its vectors, once it has loaded the model; rejects with why it has not. */
  readonly ready: Promise<number>;
  hasEnded(): boolean;
  /**
   * The vectors of a batch, one after the other. One batch at a time. Rejects with a retryable
   * `upstream_unavailable` when the thread ends meanwhile.
   */
  run(batch: ThreadBatch): Promise<Float32Array>;
  stop(): Promise<void>;
};

export type ModelThreadOptions = {
  /** A module that answers as `ThreadAnswer` says. */
  readonly entry: URL;
  readonly start: ThreadStart;
  /** Names the model in errors. */
  readonly name: string;
};

/** A thread with a model in it. It keeps the program from ending only while it has work. */
export function createModelThread(options: ModelThreadOptions): ModelThread {
  const { entry, start, name } = options;
  const { hubToken } = start;
  const worker = new Worker(entry, {
    workerData: start,
    // The library reads the token there, and has no use for any other setting.
    env: hubToken === null ? {} : { HF_TOKEN: hubToken },
    execArgv: [],
  });
  const ready = Promise.withResolvers<number>();
  ready.promise.catch(() => undefined); // whoever waits for it hears of it
  let pending: PromiseWithResolvers<Float32Array> | null = null;
  let ended: AppError | null = null;

  const end = (reason: string) => {
    ended ??= new AppError(
      'upstream_unavailable',
      `a thread of ${name} ended: ${reason}. Another one takes its place.`,
      { retryable: true },
    );
    ready.reject(ended);
    pending?.reject(ended);
  };
  worker.on('message', (answer: ThreadAnswer) => {
    if (answer.kind === 'ready') ready.resolve(answer.dimension);
    else if (answer.kind === 'ran') pending?.resolve(answer.vectors);
    else if (answer.kind === 'refused') pending?.reject(refusal(name, answer.message));
    else {
      const retryable = answer.code === 'upstream_unavailable';
      ended = new AppError(answer.code, answer.message, { retryable });
      end(answer.message);
    }
  });
  worker.on('error', (cause) => end(cause instanceof Error ? cause.message : String(cause)));
  worker.on('exit', (code) => end(`it left with code ${code}`));
  ready.promise.then(
    () => pending === null && worker.unref(),
    () => worker.terminate(),
  );
  return {
    ready: ready.promise,
    hasEnded: () => ended !== null,
    async run(batch) {
      await ready.promise;
      if (ended !== null) throw ended;
      pending = Promise.withResolvers();
      worker.ref();
      worker.postMessage(batch, [...new Set(batch.ids.map(({ buffer }) => buffer))]);
      try {
        return await pending.promise;
      } finally {
        pending = null;
        worker.unref();
      }
    },
    async stop() {
      end('it was stopped');
      await worker.terminate();
    },
  };
}

const refusal = (name: string, message: string): AppError =>
  new AppError('upstream_rejected', `${name} cannot embed a batch: ${message}`);
