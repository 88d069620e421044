import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type SnapshotFilter, snapshotIdOf } from '#domain/dataset.ts';

const snapshot = { viewId: 'posts@v1', epoch: 3, filter: {}, membershipHash: 'abc' };

it('gives a snapshot another id for another view, epoch, filter or members', () => {
  const ids = [
    snapshot,
    { ...snapshot, viewId: 'posts@v2' },
    { ...snapshot, epoch: 4 },
    { ...snapshot, membershipHash: 'abd' },
    { ...snapshot, filter: { tag: 'en' } },
    { ...snapshot, filter: { language: 'en' } },
    { ...snapshot, filter: { sourceName: 'en' } },
  ].map(snapshotIdOf);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^snapshot-[0-9a-f]{16}$/);
});

it('does not see in which order a filter was written', () => {
  const filters = fc.record(
    { sourceName: fc.string(), language: fc.string(), tag: fc.string() },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(filters, (filter: SnapshotFilter) => {
      const reversed = Object.fromEntries(Object.entries(filter).reverse());
      expect(snapshotIdOf({ ...snapshot, filter: reversed })).toBe(
        snapshotIdOf({ ...snapshot, filter }),
      );
    }),
  );
});
