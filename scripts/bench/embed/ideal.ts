import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { planBatches } from '../../../src/adapters/transformers/plan-batches.ts';
import type { RawSession } from './raw-session.ts';

export type Ideal = {
  /** Runs all batches, and resolves when the last is done. */
  run(): Promise<void>;
  close(): Promise<void>;
};

export type IdealOptions = {
  readonly file: string;
  readonly ids: readonly Int32Array[];
  /** Sessions side by side, and threads of each. */
  readonly sessions: number;
  readonly threads: number;
  readonly paddedTokensMax: number;
};

/**
 * Onnxruntime fed as well as can be: texts tokenised, sorted by length, cut into batches and made into
 * tensors beforehand, and nothing done with what comes out.
 */
export async function openIdeal(options: IdealOptions): Promise<Ideal> {
  const { file, ids, sessions, threads, paddedTokensMax } = options;
  const batches = planBatches(
    ids.map(({ length }) => length),
    { paddedTokensMax, threads: sessions },
  ).map((batch) => batch.map((position) => ids[position] ?? new Int32Array()));
  const workers = await Promise.all(
    Array.from({ length: sessions }, async (_, at) => {
      const workerData: RawSession = {
        file,
        threads,
        batches: batches.filter((_batch, index) => index % sessions === at),
      };
      const worker = new Worker(new URL('./raw-session.ts', import.meta.url), { workerData });
      await once(worker, 'message');
      return worker;
    }),
  );
  return {
    async run() {
      await Promise.all(
        workers.map((worker) => {
          const ran = once(worker, 'message');
          worker.postMessage('run');
          return ran;
        }),
      );
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
