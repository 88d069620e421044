import { afterAll, beforeAll, describe } from 'vitest';
import { batchQueueContract } from '../../contracts/batch-queue.ts';
import { DATABASES, openQueueBed, type QueueBed } from './queue-bed.ts';

describe.each(DATABASES)('batch queue in %s', (_, start) => {
  let bed: QueueBed;
  beforeAll(async () => {
    bed = await openQueueBed(start);
  });
  afterAll(() => bed.close());

  batchQueueContract(async () => {
    await bed.reset();
    return bed.open().batches;
  });
});
