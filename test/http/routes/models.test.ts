import { describe, expect, it } from 'vitest';
import { modelListSchema, modelSchema } from '#http/routes/models.ts';
import { createWorld } from '../world.ts';

const CREATED = Date.parse('2026-01-01T00:00:00Z') / 1_000;

async function createTwoChannels() {
  const world = await createWorld();
  const { pairing, pairings, channels } = world;
  const generation = { ...pairing.manifest.generation, seed: 8 };
  const other = await pairings.register(
    { ...pairing.manifest, generation },
    '2026-01-01T00:00:00.000Z',
  );
  for (const [channel, pairingId] of [
    ['canary', other.id],
    ['shadow', pairing.id],
  ] as const) {
    await channels.move({
      channel,
      action: 'promote',
      pairingId,
      actor: 'test',
      reason: 'test',
      evaluationId: null,
      at: '2026-01-01T00:00:00.000Z',
    });
  }
  return { ...world, other };
}

describe('the list', () => {
  it('holds every channel, and each pairing once', async () => {
    const { app, pairing, other } = await createTwoChannels();
    const { data } = modelListSchema.parse(await (await app.request('/v1/models')).json());
    expect(data.map(({ id, lockstep }) => [id, lockstep.kind, lockstep.pairing])).toEqual([
      ['production', 'channel', pairing.id],
      ['canary', 'channel', other.id],
      ['shadow', 'channel', pairing.id],
      [pairing.id, 'pairing', pairing.id],
      [other.id, 'pairing', other.id],
    ]);
  });

  it('is empty before anything was promoted', async () => {
    const { app, channels } = await createWorld();
    channels.list = async () => [];
    const response = await app.request('/v1/models');
    expect(await response.json()).toEqual({ object: 'list', data: [] });
  });
});

describe('one of them', () => {
  it('is a channel with what it serves', async () => {
    const { app, pairing } = await createWorld();
    const response = await app.request('/v1/models/production');
    expect(modelSchema.parse(await response.json())).toEqual({
      id: 'production',
      object: 'model',
      created: CREATED,
      owned_by: 'lockstep',
      lockstep: {
        kind: 'channel',
        pairing: pairing.id,
        view: 'posts@v1',
        prompt: 'answer@v1',
        model: 'told@v1',
      },
    });
  });

  it('is a pairing, by its id or the beginning of it', async () => {
    const { app, pairing } = await createWorld();
    for (const id of [pairing.id, pairing.id.slice(0, 14)]) {
      const model = modelSchema.parse(await (await app.request(`/v1/models/${id}`)).json());
      expect([model.id, model.lockstep.kind]).toEqual([pairing.id, 'pairing']);
    }
  });
});
