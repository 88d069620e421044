import { z } from 'zod';
import { AppError } from '#domain/errors.ts';
import type { HttpDeps } from '../deps.ts';
import type { Metrics } from '../metrics.ts';
import { readJson } from '../read-json.ts';
import { respondJson } from '../respond.ts';
import type { Route } from '../route.ts';
import { modelField } from '../wire.ts';
import { pairingOf } from './pinned-parameters.ts';

const embeddingsSchema = (textsMax: number) =>
  z.looseObject({
    model: modelField,
    input: z
      .union([z.string(), z.array(z.string())], {
        error: 'give a text, or a list of texts; token numbers are not read.',
      })
      .describe(`a text, or 1 to ${textsMax} of them; none empty`),
    encoding_format: z.enum(['float', 'base64']).nullish(),
    dimensions: z
      .int()
      .nullish()
      .describe("pinned by the pairing's view: only its own dimension is accepted"),
    lockstep: z
      .strictObject({
        purpose: z
          .enum(['document', 'query'])
          .optional()
          .describe('what the texts are embedded for; document unless given'),
      })
      .optional(),
  });

export const embeddingListSchema = z.strictObject({
  object: z.literal('list'),
  data: z.array(
    z.strictObject({
      object: z.literal('embedding'),
      index: z.int(),
      embedding: z.union([
        z.array(z.number()),
        z.string().describe('base64 of little-endian 32-bit floats'),
      ]),
    }),
  ),
  model: z.string().describe('as it was asked for'),
  usage: z.strictObject({ prompt_tokens: z.int(), total_tokens: z.int() }),
  lockstep: z.strictObject({
    pairing: z.string(),
    embedder: z.string(),
    purpose: z.enum(['document', 'query']),
  }),
});

/** `POST /v1/embeddings`: vectors of the space that the target serves. */
export function embeddingsRoute(deps: HttpDeps, metrics: Metrics): Route {
  const { limits } = deps;
  const schema = embeddingsSchema(limits.textsMax);
  return {
    method: 'POST',
    path: '/v1/embeddings',
    operationId: 'createEmbeddings',
    summary: "Embeds texts as the pairing's view does.",
    access: 'costly',
    body: schema,
    response: {
      status: 200,
      description: 'One vector per text, in order.',
      json: embeddingListSchema,
    },
    handle: async (c) => {
      const body = await readJson(c, schema, limits.bodyBytesMax);
      await requireDimension(deps, body.model, body.dimensions ?? null);
      const texts = textsOf(body.input, limits.textsMax);
      const purpose = body.lockstep?.purpose ?? 'document';
      const request = { target: body.model, texts, purpose };
      const embedded = await deps.embedTexts(request, c.req.raw.signal);
      metrics.embedded(embedded.tokens);
      const encode = body.encoding_format === 'base64' ? base64Of : Array.from<number>;
      return respondJson(c, {
        object: 'list',
        data: embedded.vectors.map((vector, index) => ({
          object: 'embedding',
          index,
          embedding: encode(vector),
        })),
        model: body.model,
        usage: { prompt_tokens: embedded.tokens, total_tokens: embedded.tokens },
        lockstep: { pairing: embedded.pairingId, embedder: embedded.model, purpose },
      } satisfies z.infer<typeof embeddingListSchema>);
    },
  };
}

function textsOf(input: string | readonly string[], textsMax: number): readonly string[] {
  const texts = typeof input === 'string' ? [input] : input;
  if (texts.length === 0 || texts.length > textsMax) {
    throw new AppError('invalid_input', `give 1 to ${textsMax} texts, not ${texts.length}.`, {
      param: 'input',
    });
  }
  const empty = texts.indexOf('');
  if (empty < 0) return texts;
  throw new AppError('invalid_input', `text ${empty} is empty; an empty text has no vector.`, {
    param: typeof input === 'string' ? 'input' : `input[${empty}]`,
  });
}

const base64Of = (vector: Float32Array): string =>
  Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64');

async function requireDimension(
  { registry }: HttpDeps,
  target: string,
  asked: number | null,
): Promise<void> {
  if (asked === null) return;
  const { manifest } = await pairingOf(registry, target);
  const { dimension } = (await registry.views.get(manifest.view)).spec.dense;
  if (asked === dimension) return;
  throw new AppError(
    'invalid_input',
    `vectors of ${manifest.view} have ${dimension} dimensions, not ${asked}. Leave dimensions out.`,
    { param: 'dimensions' },
  );
}
