import { z } from 'zod';
import type { Question } from '#domain/answer.ts';
import { AppError } from '#domain/errors.ts';
import { filterField, filterOf } from '../retrieval-wire.ts';
import { epochField, modelField } from '../wire.ts';

const CONTENT =
  'give a text, or a list of {"type": "text", "text": …} parts; nothing else is read.';

const content = z.union(
  [z.string(), z.array(z.looseObject({ type: z.literal('text'), text: z.string() })).min(1)],
  { error: CONTENT },
);

const SYSTEM_ROLES = new Set<unknown>(['system', 'developer']);

/** Unknown fields pass: a caller may send back an assistant's message as it came. */
const message = z.looseObject({
  role: z.enum(['user', 'assistant'], {
    error: ({ input }) =>
      SYSTEM_ROLES.has(input)
        ? `a ${input} message would change the prompt, which the pairing pins. Leave it out, or ` +
          'register a prompt with your instructions and ask a pairing that pins it.'
        : 'only user and assistant messages are read.',
  }),
  content,
});

const pinned = (what: string) =>
  z.number().nullish().describe(`pinned by the pairing: only its own ${what} is accepted`);

/** What is known of a chat request. Unknown fields pass, except those of `requireNeutral`. */
export const chatSchema = (messagesMax: number) =>
  z.looseObject({
    model: modelField,
    messages: z
      .array(message)
      .min(1, 'give at least the question.')
      .max(messagesMax, `give at most ${messagesMax} messages.`)
      .describe('earlier turns, oldest first, and the question, from the user, last'),
    stream: z.boolean().nullish(),
    stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
    lockstep: z
      .strictObject({ epoch: epochField.optional(), filter: filterField.optional() })
      .optional(),
    temperature: pinned('temperature'),
    max_tokens: pinned('limit'),
    max_completion_tokens: pinned('limit'),
    seed: pinned('seed'),
  });
export type ChatBody = z.infer<ReturnType<typeof chatSchema>>;

/** The question of a chat request. Throws `invalid_input` when it asks for what is pinned. */
export function questionOf(body: ChatBody): Question {
  requireNeutral(body);
  const turns = body.messages.map(({ role, content: given }) => ({ role, content: textOf(given) }));
  const last = turns.length - 1;
  const question = turns[last];
  if (question?.role !== 'user') {
    throw new AppError(
      'invalid_input',
      `messages[${last}] is the assistant's; the last message must be the user's question.`,
      { param: `messages[${last}].role` },
    );
  }
  if (question.content.trim() === '') {
    throw new AppError('invalid_input', 'the question is empty; ask something.', {
      param: `messages[${last}].content`,
    });
  }
  return {
    text: question.content,
    history: turns.slice(0, last),
    target: body.model,
    epoch: body.lockstep?.epoch ?? null,
    filter: filterOf(body.lockstep?.filter),
  };
}

/** Parts are paragraphs of one text. */
const textOf = (given: ChatBody['messages'][number]['content']): string =>
  typeof given === 'string' ? given : given.map(({ text }) => text).join('\n');

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;
const is =
  (...accepted: readonly unknown[]) =>
  (value: unknown): boolean =>
    accepted.includes(value);

/**
 * Fields of OpenAI's that change an answer, and the values that do not. An answer depends on the
 * question, the pairing and the epoch alone; to ignore such a field would be to lie about that.
 */
const NEUTRAL = new Map<string, (value: unknown) => boolean>(
  Object.entries({
    top_p: is(1),
    n: is(1),
    frequency_penalty: is(0),
    presence_penalty: is(0),
    logit_bias: isEmpty,
    logprobs: is(false),
    top_logprobs: is(0),
    stop: isEmpty,
    response_format: (value: unknown) =>
      typeof value === 'object' && value !== null && 'type' in value && value.type === 'text',
    tools: isEmpty,
    tool_choice: is('none', 'auto'),
    functions: isEmpty,
    function_call: is('none', 'auto'),
    modalities: (value: unknown) =>
      Array.isArray(value) && value.length === 1 && value[0] === 'text',
    audio: is(),
    reasoning_effort: is(),
    verbosity: is(),
    web_search_options: is(),
  }),
);

function requireNeutral(body: Readonly<Record<string, unknown>>): void {
  for (const [param, value] of Object.entries(body)) {
    const isNeutral = NEUTRAL.get(param);
    if (isNeutral === undefined || value === null || isNeutral(value)) continue;
    throw new AppError(
      'invalid_input',
      `${param} would change the answer, which depends on the question, the pairing and the epoch ` +
        'alone. Leave it out.',
      { param },
    );
  }
}
