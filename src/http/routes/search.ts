import { z } from 'zod';
import type { HttpDeps } from '../deps.ts';
import { readJson } from '../read-json.ts';
import { respondJson } from '../respond.ts';
import {
  filterField,
  filterOf,
  hitSchema,
  retrievalSchema,
  wireHit,
  wireRetrieval,
} from '../retrieval-wire.ts';
import type { Route } from '../route.ts';
import { epochField, modelField } from '../wire.ts';

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
    filter: filterField.optional(),
    hits_per_document: z
      .int()
      .min(1)
      .max(hitsMax)
      .nullable()
      .optional()
      .describe("most hits of one document, in place of the pairing's; null for any number"),
  });

export const searchResultSchema = z.strictObject({
  object: z.literal('list'),
  data: z.array(hitSchema),
  model: z.string().describe('as it was asked for'),
  lockstep: z.strictObject({
    pairing: z.string(),
    view: z.string(),
    epoch: z.int(),
    retrieval: retrievalSchema,
  }),
});

/** `POST /v1/search`: retrieval alone, with the scores behind each rank. */
export function searchRoute({ answerer, limits }: HttpDeps): Route {
  const schema = searchSchema(limits.hitsMax);
  return {
    method: 'POST',
    path: '/v1/search',
    operationId: 'search',
    summary: 'Finds the passages that an answer would stand on, each with its scores.',
    access: 'costly',
    body: schema,
    response: { status: 200, description: 'Hits, best first.', json: searchResultSchema },
    paramNames: { question: 'query', hitsPerDocumentMax: 'hits_per_document' },
    handle: async (c) => {
      const body = await readJson(c, schema, limits.bodyBytesMax);
      const { query, model, limit, epoch = null, hits_per_document: perDocument } = body;
      const question = {
        text: query,
        history: [],
        target: model,
        epoch,
        filter: filterOf(body.filter),
        ...(perDocument === undefined ? {} : { hitsPerDocumentMax: perDocument }),
      };
      const found = await answerer.search(question, limit, c.req.raw.signal);
      return respondJson(c, {
        object: 'list',
        data: found.hits.map(wireHit),
        model,
        lockstep: {
          pairing: found.pairingId,
          view: found.viewId,
          epoch: found.epoch,
          retrieval: wireRetrieval(found.explanation),
        },
      } satisfies z.infer<typeof searchResultSchema>);
    },
  };
}
