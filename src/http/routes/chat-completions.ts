import { z } from 'zod';
import type { Answer, Question } from '#domain/answer.ts';
import { AppError, toAppError } from '#domain/errors.ts';
import type { HttpContext, HttpDeps } from '../deps.ts';
import type { Metrics } from '../metrics.ts';
import { problemOf } from '../problem.ts';
import { readJson } from '../read-json.ts';
import { respond, respondJson } from '../respond.ts';
import { filterParams } from '../retrieval-wire.ts';
import type { Route } from '../route.ts';
import {
  annotationSchema,
  completionId,
  createSeconds,
  lockstepSchema,
  usageSchema,
  wireAnnotations,
  wireLockstep,
  wireUsage,
} from '../wire.ts';
import { createChatFrames, problemFrame } from './chat-frames.ts';
import { type ChatBody, chatSchema, questionOf } from './chat-request.ts';
import { createChatStream, LEFT, openEvents } from './chat-stream.ts';
import { requirePinned } from './pinned-parameters.ts';

export const completionSchema = z.strictObject({
  id: z.string().describe('`chatcmpl-` and the id of the recorded answer'),
  object: z.literal('chat.completion'),
  created: z.int(),
  model: z.string().describe('as it was asked for'),
  system_fingerprint: z.string().describe('id of the pairing that answered'),
  choices: z
    .array(
      z.strictObject({
        index: z.int(),
        message: z.strictObject({
          role: z.literal('assistant'),
          content: z.string(),
          refusal: z.null(),
          annotations: z.array(annotationSchema),
        }),
        logprobs: z.null(),
        finish_reason: z.enum(['stop', 'length', 'content_filter']),
      }),
    )
    .length(1),
  usage: usageSchema,
  lockstep: lockstepSchema,
});

/** `POST /v1/chat/completions`, whole or streamed. */
export function chatCompletionsRoute(deps: HttpDeps, metrics: Metrics): Route {
  const { limits } = deps;
  const schema = chatSchema(limits.messagesMax);
  const seconds = createSeconds(deps.clock);
  return {
    method: 'POST',
    path: '/v1/chat/completions',
    operationId: 'createChatCompletion',
    summary: 'Answers a question from the posts, with citations.',
    description:
      'OpenAI-compatible. The answer depends on the question, the pairing and the epoch alone: ' +
      'system messages, tools and sampling parameters other than the pairing’s own are refused. ' +
      'With `stream: true` the completion comes as server-sent events, the last of which carries ' +
      'the annotations and the `lockstep` object.',
    access: 'costly',
    body: schema,
    response: {
      status: 200,
      description: 'The answer, or its events.',
      json: completionSchema,
      media: ['text/event-stream'],
    },
    paramNames: {
      question: 'messages',
      epoch: 'lockstep.epoch',
      ...filterParams('lockstep.'),
    },
    handle: async (c) => {
      const body = await readJson(c, schema, limits.bodyBytesMax);
      const question = questionOf(body);
      await requirePinned(deps.registry, body.model, body);
      if (body.stream === true)
        return streamed(c, deps, { metrics, body, question, created: seconds() });
      const answer = await deps.answerer.answer(question, c.req.raw.signal);
      metrics.answered(answer.kind, answer.usage);
      return respondJson(c, wireCompletion(answer, body.model, seconds()));
    },
  };
}

const wireCompletion = (
  answer: Answer,
  model: string,
  created: number,
): z.infer<typeof completionSchema> => ({
  id: completionId(answer.provenance.answerId),
  object: 'chat.completion',
  created,
  model,
  system_fingerprint: answer.provenance.pairingId,
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content: answer.text,
        refusal: null,
        annotations: wireAnnotations(answer),
      },
      logprobs: null,
      finish_reason: answer.finishReason,
    },
  ],
  usage: wireUsage(answer),
  lockstep: wireLockstep(answer),
});

type StreamedRequest = {
  readonly metrics: Metrics;
  readonly body: ChatBody;
  readonly question: Question;
  readonly created: number;
};

async function streamed(
  c: HttpContext,
  { answerer, clock, limits, log }: HttpDeps,
  { metrics, body, question, created }: StreamedRequest,
): Promise<Response> {
  const controller = new AbortController();
  const left = c.req.raw.signal;
  const leave = () => controller.abort(LEFT);
  if (left.aborted) leave();
  left.addEventListener('abort', leave, { once: true });
  const events = answerer.stream(question, controller.signal)[Symbol.asyncIterator]();
  const { provenance, first } = await openEvents(events);
  const { promise: ending, resolve: markEnded } = Promise.withResolvers<void>();
  c.set('ending', ending);
  const requestId = c.get('requestId');
  const stream = createChatStream({
    events,
    first,
    frames: createChatFrames({
      provenance,
      model: body.model,
      created,
      includeUsage: body.stream_options?.include_usage === true,
    }),
    controller,
    clock,
    limits,
    problem: (error) => problemFrame(problemOf(error, requestId)),
    onFault: (thrown) => {
      const { code, message } = toAppError(thrown);
      log.warn('generation broke after its stream', { requestId, code, message });
    },
    cut: () => c.env?.outgoing?.destroy(),
    onEnd: (outcome) => {
      left.removeEventListener('abort', leave);
      if (outcome instanceof AppError) {
        c.set('errorCode', outcome.code);
        const { code, message } = outcome;
        if (code !== 'cancelled') log.error('stream broke off', { requestId, code, message });
      } else {
        metrics.answered(outcome.kind, outcome.usage);
      }
      markEnded();
    },
  });
  return respond(c, stream, 200, {
    'content-type': 'text/event-stream; charset=utf-8',
    // nginx would hold the events back until its buffer is full.
    'x-accel-buffering': 'no',
  });
}
