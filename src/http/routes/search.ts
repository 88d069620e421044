import { z } from 'zod';
import type { HttpDeps } from '../deps.ts';
import { readJson } from '../read-json.ts';
import { respondJson } from '../respond.ts';
import type { Route } from '../route.ts';
import { epochField, hitSchema, modelField, wireHit } from '../wire.ts';

const HITS_DEFAULT = 10;

const searchSchema = (hitsMax: number) =>
  z.strictObject({
    query: z.string().refine((text) => text.trim() !== '', 'ask for something.'),
    model: modelField,
    limit: z
      .int()
      .min(1)
      .max(hitsMax)
      .default(Math.min(HITS_DEFAULT, hitsMax))
      .describe('most hits that are given back'),
    epoch: epochField.optional(),
  });

export const searchResultSchema = z.strictObject({
  object: z.literal('list'),
  data: z.array(hitSchema),
  model: z.string().describe('as it was asked for'),
  lockstep: z.strictObject({ pairing: z.string(), view: z.string(), epoch: z.int() }),
});

/** `POST /v1/search`: retrieval alone, with the scores behind each rank. */
export function searchRoute({ answerer, limits }: HttpDeps): Route {
  const schema = searchSchema(limits.hitsMax);
  return {
    method: 'POST',
    path: '/v1/search',
    operationId: 'search',
    summary: 'Finds the passages that an answer would read.',
    access: 'costly',
    body: schema,
    response: { status: 200, description: 'Hits, best first.', json: searchResultSchema },
    paramNames: { question: 'query' },
    handle: async (c) => {
      const { query, model, limit, epoch } = await readJson(c, schema, limits.bodyBytesMax);
      const question = { text: query, history: [], target: model, epoch: epoch ?? null };
      const found = await answerer.search(question, limit, c.req.raw.signal);
      return respondJson(c, {
        object: 'list',
        data: found.hits.map(wireHit),
        model,
        lockstep: { pairing: found.pairingId, view: found.viewId, epoch: found.epoch },
      } satisfies z.infer<typeof searchResultSchema>);
    },
  };
}
