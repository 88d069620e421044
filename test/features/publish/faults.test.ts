import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FaultDrill, openFaultDrill, type Trial } from './fault-drill.ts';

let drill: FaultDrill;
beforeAll(async () => {
  drill = await openFaultDrill();
});
afterAll(() => drill.close());

/** Calls that a publishing of several batches makes; each is a point of failure. */
const CALLS = [
  'leases.acquire',
  'runs.abandon',
  'runs.start',
  'embedders.of',
  'views.openEpoch',
  'index.ensure',
  'views.unfinishedCount',
  'views.unfinished',
  'batches.shareOut',
  'views.get',
  'views.pending',
  'views.commit',
  'views.unsynced',
  'embedder.embed',
  'index.upsert',
  'index.setEnd',
  'index.fetch',
  'views.confirm',
  'views.discardEmptyEpoch',
  'index.seal',
  'views.membership',
  'index.count',
  'views.publish',
  'runs.end',
  'leases.release',
];

describe('a publishing of several batches in two turns', () => {
  it.each([
    { kind: 'crash', moment: 'before', lateWriter: false },
    { kind: 'crash', moment: 'after', lateWriter: false },
    { kind: 'blip', moment: 'before', lateWriter: false },
    { kind: 'blip', moment: 'after', lateWriter: false },
    { kind: 'crash', moment: 'before', lateWriter: true },
    { kind: 'crash', moment: 'after', lateWriter: true },
  ] as const)(
    'with a $kind $moment any call, shows whole epochs only and ends the same (late writer: $lateWriter)',
    async (fault) => {
      const { kind, moment, lateWriter } = fault;
      const trials: Trial[] = [];
      for await (const trial of drill.trials(fault)) {
        trials.push(trial);
        expect(trial).toMatchObject({ keptFirst: true, sawThen: 'second epoch', sameThen: true });
        expect(trial.saw, `${trial.call} ${trial.number}`).not.toBe('no whole epoch');
        // Whoever was told that it is published finds it so.
        if (trial.published) expect(trial.saw).toBe('second epoch');
      }
      const calls = [
        ...CALLS,
        ...(moment === 'after' ? ['batches.shareOut batch'] : []),
        ...(lateWriter ? ['views.points', 'index.scan', 'index.remove'] : []),
      ];
      expect(new Set(trials.map(({ call }) => call))).toEqual(new Set(calls));
      expect(trials.length).toBeGreaterThan(45);
      // Both sides of the moment of publishing were met.
      const saw = Map.groupBy(trials, (trial) => trial.saw);
      expect(saw.get('first epoch')?.length).toBeGreaterThan(kind === 'crash' ? 40 : 0);
      expect(saw.get('second epoch')?.length).toBeGreaterThan(1);
    },
    300_000,
  );

  it('shows readers the first epoch until it is published, at any call, and then the second', async () => {
    const all = await drill.watch();
    const published = all.findIndex(({ saw }) => saw === 'second epoch');
    expect(all.slice(0, published).every(({ saw }) => saw === 'first epoch')).toBe(true);
    expect(all.slice(published).every(({ saw }) => saw === 'second epoch')).toBe(true);
    expect(all[published]?.call).toBe('views.publish');
    expect(all.length).toBeGreaterThan(100);
  });
});
