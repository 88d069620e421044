import { describe } from 'vitest';
import { jobQueueContract } from '../contracts/job-queue.ts';
import { createFakeJobQueue } from './job-queue.ts';

describe('fake job queue', () => {
  jobQueueContract(async () => {
    const queue = createFakeJobQueue();
    return {
      one: queue,
      other: queue,
      silence: async () => queue.silence(),
      beat: async () => queue.beat(),
      hasten: async () => queue.hasten(),
    };
  });
});
