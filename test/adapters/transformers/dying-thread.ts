import { parentPort } from 'node:worker_threads';
import type { ThreadAnswer, ThreadBatch } from '#adapters/transformers/thread-messages.ts';

/**
 * A thread in place of the model's: it gives ids back as vectors, leaves at the id 13, throws at 14,
 * refuses 15, and is silent at 16.
 */
const port = parentPort;
const say = (answer: ThreadAnswer) => port?.postMessage(answer);
port?.on('message', ({ ids }: ThreadBatch) => {
  const all = ids.flatMap((one) => [...one]);
  if (all.includes(13)) process.exit(3);
  if (all.includes(14)) throw new Error('out of luck');
  if (all.includes(15)) return say({ kind: 'refused', message: 'no such token' });
  if (!all.includes(16)) say({ kind: 'ran', vectors: Float32Array.from(all) });
});
say({ kind: 'ready', dimension: 1 });
