import { describe, expect, it } from 'vitest';
import { pairingOf, requirePinned } from '#http/routes/pinned-parameters.ts';
import { rejection } from '../../fakes/collect.ts';
import { createWorld } from '../world.ts';

describe('requirePinned', () => {
  it('accepts the pairing’s own values, by channel and by id', async () => {
    const world = await createWorld();
    const own = { temperature: 0, max_tokens: 512, max_completion_tokens: 512, seed: 7 };
    await requirePinned(world, 'production', own);
    await requirePinned(world, world.pairing.id, own);
  });

  it.each([
    ['temperature', 0.7],
    ['max_tokens', 100],
    ['max_completion_tokens', 100],
    ['seed', 8],
  ])('refuses another %s, with both values and what to do', async (param, value) => {
    const world = await createWorld();
    const refusal = await rejection(requirePinned(world, 'production', { [param]: value }));
    expect(refusal).toMatchObject({
      code: 'invalid_input',
      param,
      message: expect.stringContaining(`not ${value}`),
    });
    expect(String(refusal)).toContain(world.pairing.id);
  });

  it('reads nothing when nothing was sent', async () => {
    const world = await createWorld();
    await requirePinned(world, 'no such channel', { temperature: null });
    const refusal = await rejection(requirePinned(world, 'no such channel', { temperature: 0 }));
    expect(refusal).toMatchObject({ code: 'unknown_channel' });
  });
});

it('reads a target as a channel’s name or a pairing’s id', async () => {
  const world = await createWorld();
  expect(await pairingOf(world, 'production')).toEqual(world.pairing);
  expect(await pairingOf(world, world.pairing.id)).toEqual(world.pairing);
});
