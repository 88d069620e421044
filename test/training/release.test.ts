import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verifyHistory } from '#domain/channel.ts';
import type { Evaluation } from '#domain/evaluation.ts';
import { promote, rollback } from '#training/pipeline.ts';
import { createViewStub } from '../fakes/training-registry.ts';
import { blogPosts } from './posts.ts';
import { createEvaluable, evaluationOf } from './releases.ts';
import { contents, viewOf } from './world.ts';

const published = contents(blogPosts(3));
const by = { channel: 'production', actor: 'ada', reason: 'better' };
const gated = { ...by, allowUnevaluated: false };
const free = { ...by, allowUnevaluated: true };

async function createReleasable() {
  const { world, pairing: a, assemble } = await createEvaluable(published);
  const b = await assemble(7);
  const c = await assemble(6);
  for (const { id } of [a, b, c]) await world.evaluations.add(evaluationOf(id));
  return { world, a, b, c, assemble };
}

describe('promote', () => {
  it('moves the channel, and keeps who, why and on which evaluation', async () => {
    const { world, a } = await createReleasable();
    const { moved, move } = await promote(world, { ...gated, pairingId: a.id });
    expect(moved).toBe(true);
    expect(move).toMatchObject({
      ...by,
      number: 1,
      action: 'promote',
      pairingId: a.id,
      previousPairingId: null,
      evaluationId: `evaluation of ${a.id}`,
    });
    expect(await world.channels.get('production')).toMatchObject({ pairingId: a.id, move: 1 });
  });

  it('makes no move to where the channel points already', async () => {
    const { world, a } = await createReleasable();
    const first = await promote(world, { ...gated, pairingId: a.id });
    expect(await promote(world, { ...gated, pairingId: a.id })).toEqual({
      moved: false,
      move: first.move,
    });
    expect(world.channels.moves).toHaveLength(1);
    expect((await promote(world, { ...gated, channel: 'canary', pairingId: a.id })).moved).toBe(
      true,
    );
  });

  it('takes the evaluation that is named, if it is of this pairing', async () => {
    const { world, a, b } = await createReleasable();
    await world.evaluations.add(
      evaluationOf(a.id, { id: 'older', at: '2025-01-01T00:00:00.000Z' }),
    );
    const named = await promote(world, { ...gated, pairingId: a.id, evaluationId: 'older' });
    expect(named.move.evaluationId).toBe('older');
    const foreign = promote(world, { ...gated, pairingId: b.id, evaluationId: 'older' });
    await expect(foreign).rejects.toMatchObject({ code: 'invalid_input', param: 'evaluation' });
  });

  it('refuses a pairing that was not evaluated, unless that is allowed', async () => {
    const { world, assemble } = await createReleasable();
    const fresh = await assemble(5);
    await expect(promote(world, { ...gated, pairingId: fresh.id })).rejects.toMatchObject({
      code: 'gate_refused',
      message: expect.stringContaining('has not been evaluated'),
    });
    expect(world.channels.moves).toEqual([]);
    const { move } = await promote(world, { ...free, pairingId: fresh.id });
    expect(move.evaluationId).toBeNull();
  });

  it.each([true, false])(
    'refuses one with failed questions, allowed or not (%s)',
    async (allowUnevaluated) => {
      const { world, assemble } = await createReleasable();
      const broken = await assemble(5);
      const failure = {
        questionId: 'q7',
        error: 'timeout: too late',
      } as Evaluation['results'][number];
      const sound = evaluationOf(broken.id);
      await world.evaluations.add({
        ...sound,
        metrics: { ...sound.metrics, failed: 1 },
        results: [failure],
      });
      const promoting = promote(world, { ...by, allowUnevaluated, pairingId: broken.id });
      await expect(promoting).rejects.toMatchObject({
        code: 'gate_refused',
        message: expect.stringMatching(/1 question.*the first q7 with timeout: too late/),
      });
    },
  );

  it('refuses a pairing whose view is not what it was, or cannot be read', async () => {
    const { world, a } = await createReleasable();
    for (const other of [{ specHash: 'other' }, { fingerprint: 'other' }, { publishedEpoch: 0 }]) {
      const views = createViewStub({ ...viewOf(1), ...other }, [published]);
      const promoting = promote({ ...world, views }, { ...free, pairingId: a.id });
      await expect(promoting).rejects.toMatchObject({ code: 'gate_refused' });
    }
  });

  it.each([
    [{ channel: 'pairing-0123' }, 'channel'],
    [{ channel: 'No Channel' }, 'channel'],
    [{ reason: ' ' }, 'reason'],
    [{ actor: '' }, 'actor'],
  ])('refuses %j', async (wrong, param) => {
    const { world, a } = await createReleasable();
    const promoting = promote(world, { ...gated, ...wrong, pairingId: a.id });
    await expect(promoting).rejects.toMatchObject({ code: 'invalid_input', param });
  });
});

describe('rollback', () => {
  it('goes back one promotion at a time, with the evaluation of each', async () => {
    const { world, a, b, c } = await createReleasable();
    for (const { id } of [a, b, c]) await promote(world, { ...gated, pairingId: id });
    const first = await rollback(world, by);
    expect(first).toMatchObject({
      action: 'rollback',
      number: 4,
      pairingId: b.id,
      previousPairingId: c.id,
      evaluationId: `evaluation of ${b.id}`,
    });
    expect((await rollback(world, by)).pairingId).toBe(a.id);
    await expect(rollback(world, by)).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringMatching(/nothing to go back to: no pairing stood before pairing-/),
    });
    expect((await promote(world, { ...gated, pairingId: c.id })).move.number).toBe(6);
    expect((await rollback(world, by)).pairingId).toBe(a.id);
  });

  it('refuses a channel that never moved', async () => {
    const { world } = await createReleasable();
    await expect(rollback(world, by)).rejects.toMatchObject({ code: 'unknown_channel' });
  });
});

describe('the history', () => {
  it('is verified before each move', async () => {
    const { world, a, b, c } = await createReleasable();
    for (const { id } of [a, b]) await promote(world, { ...gated, pairingId: id });
    const [first, second] = world.channels.moves;
    if (first === undefined || second === undefined) throw new Error('two moves were made');
    for (const moves of [[{ ...first, reason: 'nicer' }, second], [second], [first]]) {
      world.channels.moves.splice(0, 2, ...moves);
      const promoting = promote(world, { ...gated, pairingId: c.id });
      await expect(promoting).rejects.toMatchObject({ code: 'history_broken' });
      await expect(rollback(world, by)).rejects.toMatchObject({ code: 'history_broken' });
      world.channels.moves.splice(0, Number.POSITIVE_INFINITY, first, second);
    }
    expect((await promote(world, { ...gated, pairingId: c.id })).moved).toBe(true);
  });

  it('stays sound under any sequence, and rollback is a stack', async () => {
    const steps = fc.array(
      fc.constantFrom('a' as const, 'b' as const, 'c' as const, 'back' as const),
    );
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const { world, ...pairings } = await createReleasable();
        const stack: string[] = [];
        for (const step of sequence) {
          if (step !== 'back') {
            const { id } = pairings[step];
            const { moved } = await promote(world, { ...gated, pairingId: id });
            expect(moved).toBe(stack.at(-1) !== id);
            if (moved) stack.push(id);
          } else if (stack.length < 2) {
            await expect(rollback(world, by)).rejects.toThrow();
          } else {
            stack.pop();
            expect((await rollback(world, by)).pairingId).toBe(stack.at(-1));
          }
          verifyHistory(world.channels.moves);
        }
      }),
      { numRuns: 40 },
    );
  });
});
