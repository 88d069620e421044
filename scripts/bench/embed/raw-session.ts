import { parentPort, workerData } from 'node:worker_threads';
import { InferenceSession, Tensor } from 'onnxruntime-node';

/** What a thread that runs nothing but onnxruntime is started with. */
export type RawSession = {
  readonly file: string;
  /** Threads of the session itself; 0 leaves it to onnxruntime. */
  readonly threads: number;
  /** Batches of token ids, made into tensors before the clock starts. */
  readonly batches: readonly (readonly Int32Array[])[];
};

const { file, threads, batches }: RawSession = workerData;
const session = await InferenceSession.create(file, {
  ...(threads === 0 ? {} : { intraOpNumThreads: threads }),
  logSeverityLevel: 3,
});
const feeds = batches.map((batch) => {
  const length = Math.max(...batch.map((ids) => ids.length));
  const dims = [batch.length, length];
  const [ids, mask] = [0, 1].map(() => new BigInt64Array(batch.length * length));
  for (const [text, tokens] of batch.entries()) {
    for (const [at, id] of tokens.entries()) {
      if (ids !== undefined) ids[text * length + at] = BigInt(id);
      if (mask !== undefined) mask[text * length + at] = 1n;
    }
  }
  return {
    input_ids: new Tensor('int64', ids ?? [], dims),
    attention_mask: new Tensor('int64', mask ?? [], dims),
    token_type_ids: new Tensor('int64', new BigInt64Array(batch.length * length), dims),
  };
});
parentPort?.on('message', async () => {
  for (const feed of feeds) await session.run(feed);
  parentPort?.postMessage('ran');
});
parentPort?.postMessage('ready');
