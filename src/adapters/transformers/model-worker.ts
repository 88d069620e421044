import { parentPort, workerData } from 'node:worker_threads';
import { toAppError } from '#domain/errors.ts';
import { openModel } from './open-model.ts';
import { runBatch } from './run-batch.ts';
import type { ThreadAnswer, ThreadBatch, ThreadStart } from './thread-messages.ts';

/** Runs as a thread: loads the model it is started with, then answers each batch with its vectors. */
const port = parentPort;
if (port === null) throw new Error('model-worker.ts runs as a thread only');
const start: ThreadStart = workerData;

const say = (answer: ThreadAnswer) =>
  port.postMessage(answer, answer.kind === 'ran' ? [answer.vectors.buffer] : []);

const FIRST: ThreadBatch = {
  ids: [Int32Array.of(0)],
  pooling: 'mean',
  normalise: false,
  alone: false,
};

try {
  const model = await openModel(start);
  port.on('message', (batch: ThreadBatch) => {
    runBatch(model, batch).then(
      (vectors) => say({ kind: 'ran', vectors }),
      (thrown) => say({ kind: 'refused', message: toAppError(thrown).message }),
    );
  });
  say({ kind: 'ready', dimension: (await runBatch(model, FIRST)).length });
} catch (thrown) {
  const { code, message } = toAppError(thrown);
  say({ kind: 'failed', code: code === 'internal' ? 'invalid_input' : code, message });
}
