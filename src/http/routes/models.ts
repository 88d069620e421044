import { z } from 'zod';
import type { Channel } from '#domain/channel.ts';
import type { Pairing } from '#domain/pairing.ts';
import type { HttpDeps } from '../deps.ts';
import { respondJson } from '../respond.ts';
import type { Route } from '../route.ts';
import { unixSeconds } from '../wire.ts';
import { pairingOf } from './pinned-parameters.ts';

export const modelSchema = z.strictObject({
  id: z.string().describe('what `model` takes: a channel or a pairing id'),
  object: z.literal('model'),
  created: z.int(),
  owned_by: z.literal('lockstep'),
  lockstep: z.strictObject({
    kind: z.enum(['channel', 'pairing']),
    pairing: z.string(),
    view: z.string(),
    prompt: z.string(),
    model: z.string(),
  }),
});

export const modelListSchema = z.strictObject({
  object: z.literal('list'),
  data: z.array(modelSchema),
});

/** `GET /v1/models`: every channel, and the pairings that they point to. */
export const modelsRoute = ({ registry }: HttpDeps): Route => ({
  method: 'GET',
  path: '/v1/models',
  operationId: 'listModels',
  summary: 'Lists the channels and their pairings.',
  access: 'keyed',
  response: { status: 200, description: 'Channels, then pairings.', json: modelListSchema },
  handle: async (c) => {
    const channels = await registry.channels.list();
    const ids = [...new Set(channels.map(({ pairingId }) => pairingId))];
    const pairings = await Promise.all(ids.map((id) => registry.pairings.get(id)));
    const byId = new Map(pairings.map((pairing) => [pairing.id, pairing]));
    const named = channels.flatMap(({ name, pairingId }: Channel) => {
      const pairing = byId.get(pairingId);
      return pairing === undefined ? [] : [wireModel(name, 'channel', pairing)];
    });
    const data = [
      ...named,
      ...pairings.map((pairing) => wireModel(pairing.id, 'pairing', pairing)),
    ];
    return respondJson(c, { object: 'list', data } satisfies z.infer<typeof modelListSchema>);
  },
});

/** `GET /v1/models/:id`: one channel, or any pairing. */
export const modelRoute = ({ registry }: HttpDeps): Route => ({
  method: 'GET',
  path: '/v1/models/:id',
  operationId: 'getModel',
  summary: 'Says what a channel or a pairing id stands for.',
  access: 'keyed',
  response: { status: 200, description: 'The channel or pairing.', json: modelSchema },
  handle: async (c) => {
    const id = c.req.param('id') ?? '';
    const pairing = await pairingOf(registry, id);
    // A prefix of a pairing's id names it; what is given back is the whole.
    const isPairing = pairing.id.startsWith(id);
    return respondJson(
      c,
      wireModel(isPairing ? pairing.id : id, isPairing ? 'pairing' : 'channel', pairing),
    );
  },
});

const wireModel = (
  id: string,
  kind: 'channel' | 'pairing',
  { id: pairing, createdAt, manifest }: Pairing,
): z.infer<typeof modelSchema> => ({
  id,
  object: 'model',
  created: unixSeconds(createdAt),
  owned_by: 'lockstep',
  lockstep: {
    kind,
    pairing,
    view: manifest.view,
    prompt: manifest.prompt.id,
    model: manifest.model.id,
  },
});
