import { describe } from 'vitest';
import { createMemoryBatchQueue } from '#adapters/memory/batch-queue.ts';
import { batchQueueContract } from '../../contracts/batch-queue.ts';
import { createFakeClock } from '../../fakes/clock.ts';

describe.each([1, 2, 7])('batch queue in memory, %i at once', (batchesAtOnce) => {
  batchQueueContract(async () =>
    createMemoryBatchQueue({ clock: createFakeClock({ mode: 'auto' }), batchesAtOnce }),
  );
});
