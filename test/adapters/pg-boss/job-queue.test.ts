import { afterAll, beforeAll, describe } from 'vitest';
import { QUEUE_TIMES } from '#adapters/pg-boss/options.ts';
import { jobQueueContract } from '../../contracts/job-queue.ts';
import { createFakeClock } from '../../fakes/clock.ts';
import { DATABASES, openQueueBed, type QueueBed } from './queue-bed.ts';

describe.each(DATABASES)('job queue in %s', (_, start) => {
  let bed: QueueBed;
  beforeAll(async () => {
    bed = await openQueueBed(start);
  });
  afterAll(() => bed.close());

  jobQueueContract(async () => {
    await bed.reset();
    const clock = createFakeClock();
    return {
      one: bed.open(clock).jobs,
      other: bed.open(clock).jobs,
      silence: bed.silence,
      hasten: bed.hasten,
      beat: async () => {
        await clock.advance(QUEUE_TIMES.heartbeatMs);
        // A heartbeat is over when the next one is waited for.
        await bed.idle();
      },
    };
  });
});
