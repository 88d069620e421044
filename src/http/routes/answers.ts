import { z } from 'zod';
import { AppError } from '#domain/errors.ts';
import type { HttpContext, HttpDeps } from '../deps.ts';
import { readJson } from '../read-json.ts';
import { respondJson } from '../respond.ts';
import type { Route } from '../route.ts';
import { answerIdOf, lockstepSchema, usageSchema, wireLockstep, wireUsage } from '../wire.ts';

const ID = /^[0-9a-zA-Z-]{1,64}$/;

const rating = z.enum(['up', 'down']);

export const answerSchema = z.strictObject({
  id: z.string(),
  object: z.literal('answer'),
  question: z.string(),
  text: z.string(),
  finish_reason: z.enum(['stop', 'length', 'content_filter']),
  at: z.string().describe('ISO 8601, UTC'),
  duration_ms: z.int(),
  usage: usageSchema,
  lockstep: lockstepSchema,
  feedback: z.array(z.strictObject({ rating, comment: z.string(), at: z.string() })),
});

export const feedbackSchema = z.strictObject({
  object: z.literal('feedback'),
  answer_id: z.string(),
  rating,
  comment: z.string(),
  at: z.string(),
});

const idOf = (c: HttpContext): string => {
  const id = answerIdOf(c.req.param('id') ?? '');
  if (ID.test(id)) return id;
  throw new AppError('not_found', 'that is no answer’s id; it is in `id` of every completion.', {
    param: 'id',
  });
};

/** `GET /v1/answers/:id`: an answer as it was recorded, by its own or its completion's id. */
export const answerRoute = ({ registry }: HttpDeps): Route => ({
  method: 'GET',
  path: '/v1/answers/:id',
  operationId: 'getAnswer',
  summary: 'Gives an answer as it was recorded, with all that it came from.',
  access: 'keyed',
  paramNames: { answer: 'id' },
  response: { status: 200, description: 'The record.', json: answerSchema },
  handle: async (c) => {
    const id = idOf(c);
    const [kept, feedback] = await Promise.all([
      registry.answers.get(id),
      registry.answers.feedback(id),
    ]);
    const { answer } = kept;
    return respondJson(c, {
      id: kept.id,
      object: 'answer',
      question: kept.question,
      text: answer.text,
      finish_reason: answer.finishReason,
      at: kept.at,
      duration_ms: kept.durationMs,
      usage: wireUsage(answer),
      lockstep: wireLockstep(answer),
      feedback: feedback.map(({ rating: given, comment, at }) => ({ rating: given, comment, at })),
    } satisfies z.infer<typeof answerSchema>);
  },
});

/** `POST /v1/answers/:id/feedback`: what somebody thought of an answer. */
export function feedbackRoute({ registry, clock, limits }: HttpDeps): Route {
  const schema = z.strictObject({ rating, comment: z.string().max(limits.commentMax).optional() });
  return {
    method: 'POST',
    path: '/v1/answers/:id/feedback',
    operationId: 'createFeedback',
    summary: 'Records what somebody thought of an answer.',
    access: 'keyed',
    paramNames: { answer: 'id' },
    body: schema,
    response: {
      status: 201,
      description: 'The feedback as it was recorded.',
      json: feedbackSchema,
    },
    handle: async (c) => {
      const answerId = idOf(c);
      const { rating: given, comment = '' } = await readJson(c, schema, limits.bodyBytesMax);
      const feedback = { answerId, rating: given, comment, at: clock.now() };
      await registry.answers.addFeedback(feedback);
      return respondJson(
        c,
        {
          object: 'feedback',
          answer_id: answerId,
          rating: given,
          comment,
          at: feedback.at,
        } satisfies z.infer<typeof feedbackSchema>,
        201,
      );
    },
  };
}
