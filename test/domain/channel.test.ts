import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ChannelAction,
  type ChannelMove,
  GENESIS_HASH,
  moveHashOf,
  nextMove,
  pairingAt,
  rollbackTarget,
  verifyHistory,
} from '#domain/channel.ts';

const atSecond = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

type Step = readonly [ChannelAction, string];

/** The history that these steps write. */
function historyOf(steps: readonly Step[], channel = 'production'): readonly ChannelMove[] {
  const moves: ChannelMove[] = [];
  for (const [action, pairingId] of steps) {
    const at = atSecond(moves.length);
    const request = {
      channel,
      action,
      pairingId,
      actor: 'ada',
      reason: 'r',
      evaluationId: null,
      at,
    };
    moves.push(nextMove(moves.at(-1) ?? null, request));
  }
  return moves;
}

const promoted = (...ids: readonly string[]): readonly Step[] =>
  ids.map((id): Step => ['promote', id]);

describe('nextMove', () => {
  it('starts at 1 from nothing, and carries on from the last', () => {
    const [first, second] = historyOf(promoted('a', 'b'));
    expect(first).toMatchObject({ number: 1, previousPairingId: null, previousHash: GENESIS_HASH });
    expect(second).toMatchObject({ number: 2, previousPairingId: 'a', previousHash: first?.hash });
    expect(second?.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('hashes every field but the hash', () => {
    const [move] = historyOf(promoted('a'));
    if (move === undefined) throw new Error('one move was made');
    const others: Partial<ChannelMove>[] = [
      ...[{ channel: 'x' }, { number: 2 }, { action: 'rollback' as const }, { pairingId: 'x' }],
      ...[{ previousPairingId: 'x' }, { actor: 'x' }, { reason: 'x' }, { evaluationId: 'x' }],
      ...[{ at: atSecond(9) }, { previousHash: '1'.repeat(64) }],
    ];
    expect(others).toHaveLength(Object.keys(move).length - 1);
    const hashes = others.map((other) => moveHashOf({ ...move, ...other }));
    expect(new Set([move.hash, ...hashes]).size).toBe(others.length + 1);
  });
});

describe('verifyHistory', () => {
  const moves = historyOf([...promoted('a', 'b', 'c'), ['rollback', 'b']]);

  it('accepts what nextMove wrote, and nothing at all', () => {
    expect(() => verifyHistory(moves)).not.toThrow();
    expect(() => verifyHistory([])).not.toThrow();
  });

  it.each<[string, (of: readonly ChannelMove[]) => readonly ChannelMove[]]>([
    ['a changed field', (of) => of.map((m) => (m.number === 2 ? { ...m, reason: 'x' } : m))],
    ['a dropped move', (of) => of.filter(({ number }) => number !== 2)],
    ['a dropped first move', (of) => of.slice(1)],
    ['another order', (of) => of.toReversed()],
    ['a move twice', (of) => [...of, ...of.slice(-1)]],
    [
      'a move of another channel',
      (of) => [...of.slice(0, 1), ...historyOf(promoted('a', 'b'), 'x').slice(1)],
    ],
    [
      'a field changed and hashed anew',
      (of) =>
        of.map((m) => {
          const forged = { ...m, pairingId: 'x' };
          return m.number === 2 ? { ...forged, hash: moveHashOf(forged) } : m;
        }),
    ],
    [
      'a channel that changes midway, chained soundly',
      ([first, ...rest]) => {
        if (first === undefined) return rest;
        return [first, nextMove(first, { ...first, channel: 'x', pairingId: 'b' })];
      },
    ],
  ])('refuses %s', (_, tamper) => {
    const check = () => verifyHistory(tamper(moves));
    expect(check).toThrow(expect.objectContaining({ code: 'history_broken' }));
  });
});

describe('rollbackTarget', () => {
  it.each<[string, readonly Step[], string | null]>([
    ['nothing', [], null],
    ['one promotion', promoted('a'), null],
    ['two promotions', promoted('a', 'b'), 'a'],
    ['a return to an older one', promoted('a', 'b', 'a'), 'b'],
    ['one rollback', [...promoted('a', 'b', 'c'), ['rollback', 'b']], 'a'],
    ['two rollbacks', [...promoted('a', 'b', 'c'), ['rollback', 'b'], ['rollback', 'a']], null],
    [
      'a promotion after a rollback',
      [...promoted('a', 'b'), ['rollback', 'a'], ['promote', 'c']],
      'a',
    ],
    ['the same pairing twice', promoted('a', 'b', 'b'), 'a'],
    ['the same pairing from the start', promoted('a', 'a'), null],
    ['a repeated pairing below', [...promoted('a', 'b', 'a', 'b'), ['rollback', 'a']], 'b'],
    ['a rollback over two', [...promoted('a', 'b', 'c', 'd'), ['rollback', 'b']], 'a'],
    ['a rollback to what never stood', [...promoted('a', 'b'), ['rollback', 'x']], 'a'],
    ['a rollback to what is in force', [...promoted('a', 'b'), ['rollback', 'b']], 'a'],
  ])('after %s', (_, steps, target) => {
    expect(rollbackTarget(historyOf(steps))).toBe(target);
  });

  it('is a stack: promotions push, rollbacks pop', () => {
    const wish = fc.oneof(fc.constantFrom('a', 'b', 'c', 'd'), fc.constant(null));
    fc.assert(
      fc.property(fc.array(wish, { maxLength: 40 }), (wishes) => {
        const steps: Step[] = [];
        const stack: string[] = [];
        for (const pairingId of wishes) {
          const target = rollbackTarget(historyOf(steps));
          expect(target).toBe(stack.at(-2) ?? null);
          if (pairingId !== null) {
            steps.push(['promote', pairingId]);
            if (stack.at(-1) !== pairingId) stack.push(pairingId);
          } else if (target !== null) {
            steps.push(['rollback', target]);
            stack.pop();
          }
          expect(steps.at(-1)?.[1] ?? null).toBe(stack.at(-1) ?? null);
        }
        expect(() => verifyHistory(historyOf(steps))).not.toThrow();
      }),
    );
  });

  it('never leads to the pairing in force', () => {
    const step = fc.tuple(
      fc.constantFrom<ChannelAction>('promote', 'rollback'),
      fc.constantFrom('a', 'b', 'c'),
    );
    fc.assert(
      fc.property(fc.array(step, { minLength: 1 }), (steps) => {
        expect(rollbackTarget(historyOf(steps))).not.toBe(steps.at(-1)?.[1]);
      }),
    );
  });
});

describe('pairingAt', () => {
  const moves = historyOf([...promoted('a', 'b'), ['rollback', 'a']]);

  it.each([
    [-1, null],
    [0, 'a'],
    [0.999, 'a'],
    [1, 'b'],
    [2, 'a'],
    [99, 'a'],
  ])('knows what was in force at second %d', (second, pairingId) => {
    expect(pairingAt(moves, atSecond(second))).toBe(pairingId);
  });

  it('takes other notations of an instant, and refuses what is none', () => {
    expect(pairingAt(moves, '2026-01-01T01:00:01+01:00')).toBe('b');
    const wrong = () => pairingAt(moves, 'yesterday');
    expect(wrong).toThrow(expect.objectContaining({ code: 'invalid_input', param: 'at' }));
  });
});
