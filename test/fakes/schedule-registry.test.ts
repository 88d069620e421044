import { describe } from 'vitest';
import { scheduleRegistryContract } from '../contracts/schedule-registry.ts';
import { createFakeScheduleRegistry } from './schedule-registry.ts';

describe('fake schedule registry', () => {
  scheduleRegistryContract(async () => createFakeScheduleRegistry());
});
