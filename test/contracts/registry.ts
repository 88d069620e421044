import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import type { RegistryBed } from './registry/bed.ts';
import { channelCases } from './registry/channels.ts';
import { documentCases } from './registry/documents.ts';
import { epochCases } from './registry/epochs.ts';
import { forgettingCases } from './registry/forgetting.ts';
import { leaseAndRunCases } from './registry/leases-and-runs.ts';
import { marksCases } from './registry/marks.ts';
import { membershipCases } from './registry/membership.ts';
import { membershipModelCases } from './registry/membership-model.ts';
import { pointCases } from './registry/points.ts';
import { readinessCases } from './registry/readiness.ts';
import { releaseCases } from './registry/releases.ts';
import { sourceCases } from './registry/sources.ts';
import { storableCases } from './registry/storable.ts';
import { trainingCases } from './registry/training.ts';
import { viewCases } from './registry/views.ts';
import { visitCases } from './registry/visits.ts';

const OPEN_MS_MAX = 60_000;

/** What every `Registry` promises. `open` gives an empty one; each case finds it empty again. */
export function registryContract(name: string, open: () => Promise<RegistryBed>): void {
  describe(name, () => {
    let bed: RegistryBed | undefined;
    beforeAll(async () => {
      bed = await open();
    }, OPEN_MS_MAX);
    const opened = (): RegistryBed => {
      if (bed === undefined) throw new Error(`${name} could not be opened`);
      return bed;
    };
    beforeEach(() => opened().reset());
    afterAll(() => bed?.close());
    const registry = () => opened().registry;
    describe('sources, pages and dead letters', () => sourceCases(registry));
    describe('documents', () => documentCases(registry));
    describe('marks, links and templates', () => marksCases(registry));
    describe('visits', () => visitCases(registry));
    describe('leases and runs', () => leaseAndRunCases(registry));
    describe('views', () => viewCases(registry));
    describe('views, ready and dropped', () => readinessCases(registry));
    describe('points and documents', () => pointCases(registry));
    describe('forgetting', () => forgettingCases(registry));
    describe('membership', () => membershipCases(registry));
    describe('epochs', () => epochCases(registry));
    describe('membership against a model', () => membershipModelCases(opened));
    describe('snapshots, datasets, prompts, models, evaluations', () => trainingCases(registry));
    describe('pairings, answers and keys', () => releaseCases(registry));
    describe('channels', () => channelCases(registry));
    describe('texts', () => storableCases(registry));
  });
}
