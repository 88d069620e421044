import {
  AIMessage,
  type AIMessageChunk,
  type BaseMessage,
  HumanMessage,
  SystemMessage,
} from '@langchain/core/messages';
import type { ChatMessage, FinishReason } from '#domain/answer.ts';
import { AppError } from '#domain/errors.ts';
import type { ChatEvent, ChatRequest } from '#ports/chat-model.ts';
import type { Clock, Ids } from '#ports/system.ts';
import { chatFailure, retryAfterMs } from './failure.ts';

export type ChatStreamOptions = {
  /** How errors name the model: `openai:gpt-4.1-mini`. */
  readonly name: string;
  /** What answers when the provider does not say. */
  readonly model: string;
  readonly secret: string | null;
  /** Most time without a sign of life: to the first chunk, and from one to the next. */
  readonly timeoutMs: number;
  /** Attempts after the first; none once a text was given. */
  readonly retriesMax: number;
  /** False for providers that may end well without saying why. */
  readonly endsWithReason: boolean;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly random: Ids['random'];
  readonly open: (
    messages: BaseMessage[],
    signal: AbortSignal,
  ) => Promise<AsyncIterable<AIMessageChunk>>;
};

const RETRY_DELAY_MS = 500;
/** A longer `Retry-After` is the caller's to wait for. */
const RETRY_DELAY_MS_MAX = 30_000;

/** A LangChain chat model's stream as chat events, with retries, timeouts and our errors. */
export async function* streamChat(
  options: ChatStreamOptions,
  request: ChatRequest,
  signal: AbortSignal,
): AsyncGenerator<ChatEvent> {
  for (let attempt = 0; ; attempt += 1) {
    let hasText = false;
    try {
      for await (const event of attemptChat(options, request, signal)) {
        hasText = true;
        yield event;
      }
      return;
    } catch (thrown) {
      if (signal.aborted) {
        throw new AppError('cancelled', `${options.name} was cancelled`, { cause: thrown });
      }
      const failure = chatFailure(thrown, options);
      const delayMs = retryDelayMs(attempt, failure, options.random);
      const isFinal = !failure.retryable || hasText || attempt >= options.retriesMax;
      if (isFinal || delayMs > RETRY_DELAY_MS_MAX) throw failure;
      await options.clock.sleep(delayMs, signal);
    }
  }
}

/** Doubles with each attempt, and up to half at random; a longer wish of the provider wins. */
function retryDelayMs(attempt: number, failure: AppError, random: Ids['random']): number {
  const backoffMs = RETRY_DELAY_MS * 2 ** attempt * (1 + random() / 2);
  return Math.max(backoffMs, retryAfterMs(failure) ?? 0);
}

async function* attemptChat(
  options: ChatStreamOptions,
  request: ChatRequest,
  signal: AbortSignal,
): AsyncGenerator<ChatEvent> {
  const own = new AbortController();
  const either = AbortSignal.any([signal, own.signal]);
  const within = <T>(step: Promise<T>): Promise<T> => withDeadline(step, options, either);
  let finish: string | null = null;
  let respondedBy = options.model;
  let usage = { promptTokens: 0, completionTokens: 0 };
  try {
    const chunks = await within(options.open(request.messages.map(messageOf), either));
    const iterator = chunks[Symbol.asyncIterator]();
    for (;;) {
      const next = await within(iterator.next());
      if (next.done) break;
      const chunk = next.value;
      finish = finishOf(chunk) ?? finish;
      respondedBy = textOf(chunk.response_metadata, ['model_name', 'model']) ?? respondedBy;
      if (chunk.usage_metadata) {
        const { input_tokens, output_tokens } = chunk.usage_metadata;
        // Some providers count the prompt at the beginning and the rest at the end.
        usage = {
          promptTokens: Math.max(usage.promptTokens, input_tokens),
          completionTokens: Math.max(usage.completionTokens, output_tokens),
        };
      }
      if (chunk.text !== '') yield { kind: 'text', text: chunk.text };
    }
    signal.throwIfAborted();
    if (finish === null && options.endsWithReason) throw brokenOff(options.name);
    yield { kind: 'ended', finishReason: finishReasonOf(finish), usage, respondedBy };
  } finally {
    // Ends the request whoever walked away: a consumer, a deadline, or nobody.
    own.abort();
  }
}

async function withDeadline<T>(
  step: Promise<T>,
  { name, timeoutMs, clock }: ChatStreamOptions,
  signal: AbortSignal,
): Promise<T> {
  const timer = new AbortController();
  const deadline = clock.sleep(timeoutMs, AbortSignal.any([signal, timer.signal])).then(() => {
    throw new AppError('upstream_unavailable', `${name} was silent for ${timeoutMs} ms.`, {
      retryable: true,
    });
  });
  deadline.catch(() => undefined); // the loser of the race
  step.catch(() => undefined);
  try {
    return await Promise.race([step, deadline]);
  } finally {
    timer.abort();
  }
}

const brokenOff = (name: string): AppError =>
  new AppError('upstream_unavailable', `the stream of ${name} broke off before it ended.`, {
    retryable: true,
  });

function messageOf({ role, content }: ChatMessage): BaseMessage {
  if (role === 'system') return new SystemMessage(content);
  return role === 'user' ? new HumanMessage(content) : new AIMessage(content);
}

const REASON_KEYS = ['finish_reason', 'finishReason', 'stop_reason', 'stopReason', 'done_reason'];

const finishOf = (chunk: AIMessageChunk): string | null =>
  textOf(chunk.response_metadata, REASON_KEYS) ?? textOf(chunk.additional_kwargs, REASON_KEYS);

function textOf(fields: Record<string, unknown>, keys: readonly string[]): string | null {
  const found = keys.map((key) => fields[key]).find((value) => typeof value === 'string');
  return typeof found === 'string' && found !== '' ? found : null;
}

/** Providers' words for how a generation ended, in lower case. What is not here is a plain stop. */
const REASONS: Readonly<Record<string, FinishReason>> = {
  length: 'length',
  max_tokens: 'length',
  model_length: 'length',
  content_filter: 'content_filter',
  content_filtered: 'content_filter',
  refusal: 'content_filter',
  safety: 'content_filter',
  recitation: 'content_filter',
  blocklist: 'content_filter',
  prohibited_content: 'content_filter',
  guardrail_intervened: 'content_filter',
};

const finishReasonOf = (reason: string | null): FinishReason =>
  (reason === null ? undefined : REASONS[reason.toLowerCase()]) ?? 'stop';
