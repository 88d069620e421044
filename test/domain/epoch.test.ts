import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  diffMembership,
  EPOCH_OPEN_END,
  epochId,
  isVisible,
  type Member,
  parseEpochId,
} from '#domain/epoch.ts';

describe('epoch ids', () => {
  it.each([
    ['posts@v1#42', { viewId: 'posts@v1', epoch: 42 }],
    ['#42', { viewId: null, epoch: 42 }],
    ['42', { viewId: null, epoch: 42 }],
  ])('reads %j', (text, expected) => {
    expect(parseEpochId(text)).toEqual(expected);
  });

  it.each([
    '',
    '0',
    '#0',
    '-1',
    '1.5',
    'posts#1',
    'posts@v0#1',
    'posts@v1',
    '9007199254740993',
    '1e3',
  ])('refuses %j', (text) => {
    expect(() => parseEpochId(text)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });

  it('reads what it writes', () => {
    const view = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,8}@v[1-9]\d?$/);
    fc.assert(
      fc.property(view, fc.integer({ min: 1, max: 1e9 }), (viewId, epoch) => {
        expect(parseEpochId(epochId(viewId, epoch))).toEqual({ viewId, epoch });
      }),
    );
  });
});

it('shows a point from its birth on, and no longer at its end', () => {
  const span = { from: 3, to: 5 };
  expect([2, 3, 4, 5, 6].map((epoch) => isVisible(span, epoch))).toEqual([
    ...[false, true, true, false, false],
  ]);
  expect(isVisible({ from: 3, to: 3 }, 3)).toBe(false);
  expect(isVisible({ from: 1, to: EPOCH_OPEN_END }, 1_000_000)).toBe(true);
});

/** Rows of one document, as a registry keeps them. */
class Rows {
  members: Member[] = [];

  /** One transaction: all of a change, or, when the process dies before its end, none of it. */
  commit(desired: ReadonlySet<string>, open: number): ReturnType<typeof diffMembership> {
    const change = diffMembership(
      this.members.filter(({ to }) => to > open - 1),
      desired,
      open,
    );
    const end = (ids: readonly string[], to: number) => {
      this.members = this.members.map((row) => (ids.includes(row.id) ? { ...row, to } : row));
    };
    end(change.closed, open);
    end(change.reopened, EPOCH_OPEN_END);
    for (const key of change.added) {
      // The identity of a point: its content and the epoch of its birth.
      const id = `${key}@${open}`;
      if (this.members.some((row) => row.id === id))
        throw new Error(`point ${id} is there already`);
      this.members.push({ id, key, from: open, to: EPOCH_OPEN_END });
    }
    return change;
  }

  at(epoch: number): readonly string[] {
    return this.members
      .filter((row) => isVisible(row, epoch))
      .map(({ key }) => key)
      .sort();
  }
}

type Step =
  | { readonly kind: 'commit'; readonly keys: readonly string[]; readonly times: number }
  | { readonly kind: 'crash' }
  | { readonly kind: 'publish' };

const steps = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('commit' as const),
        keys: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e')),
        times: fc.integer({ min: 1, max: 2 }),
      }),
    },
    { weight: 2, arbitrary: fc.constant<Step>({ kind: 'publish' }) },
    { weight: 1, arbitrary: fc.constant<Step>({ kind: 'crash' }) },
  ),
  { maxLength: 40 },
);

describe('diffMembership', () => {
  it('shows every published epoch for ever what was committed to it, through crashes', () => {
    fc.assert(
      fc.property(steps, (sequence: readonly Step[]) => {
        const rows = new Rows();
        const published: string[][] = [];
        let working: readonly string[] = [];
        for (const step of sequence) {
          const open = published.length + 1;
          if (step.kind === 'commit') {
            for (let time = 0; time < step.times; time += 1) rows.commit(new Set(step.keys), open);
            working = [...step.keys].sort();
          } else if (step.kind === 'publish') published.push([...working]);
          // After a crash the next run finds the same open epoch and the same rows.
          else expect(rows.at(open)).toEqual(working);
          for (const [index, keys] of published.entries()) {
            expect(rows.at(index + 1)).toEqual(keys);
          }
          expect(rows.at(published.length + 1)).toEqual(working);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(steps, fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd')), (sequence, keys) => {
        const rows = new Rows();
        let open = 1;
        for (const step of sequence as readonly Step[]) {
          if (step.kind === 'commit') rows.commit(new Set(step.keys), open);
          else if (step.kind === 'publish') open += 1;
        }
        rows.commit(new Set(keys), open);
        const before = structuredClone(rows.members);
        const again = rows.commit(new Set(keys), open);
        expect([again.added, again.reopened, again.closed]).toEqual([[], [], []]);
        expect(again.kept).toHaveLength(keys.length);
        expect(rows.members).toEqual(before);
      }),
    );
  });

  it('reopens within the epoch that closed, and gives birth anew in a later one', () => {
    const rows = new Rows();
    rows.commit(new Set(['a']), 1);
    expect(rows.commit(new Set([]), 2).closed).toEqual(['a@1']);
    expect(rows.commit(new Set(['a']), 2).reopened).toEqual(['a@1']);
    rows.commit(new Set([]), 2);
    expect(rows.commit(new Set(['a']), 3).added).toEqual(['a']);
    expect([1, 2, 3].map((epoch) => rows.at(epoch))).toEqual([['a'], [], ['a']]);
  });

  it('never shows what was added and closed in one open epoch', () => {
    const rows = new Rows();
    rows.commit(new Set(['a']), 1);
    rows.commit(new Set(['b']), 1);
    expect(rows.members.find(({ key }) => key === 'a')).toMatchObject({ from: 1, to: 1 });
    expect(rows.at(1)).toEqual(['b']);
  });

  it('refuses members that belong to other epochs', () => {
    const member = { id: 'x', key: 'a' };
    for (const span of [
      { from: 1, to: 3 },
      { from: 5, to: EPOCH_OPEN_END },
    ]) {
      expect(() => diffMembership([{ ...member, ...span }], new Set(), 4)).toThrow(RangeError);
    }
  });
});
