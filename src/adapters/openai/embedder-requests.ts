import OpenAI, { APIConnectionError } from 'openai';
import { AppError } from '#domain/errors.ts';
import { hashOf } from '#domain/hash.ts';
import type { Clock, Ids } from '#ports/system.ts';
import { type EmbeddingAnswer, readEmbeddingAnswer } from './embedder-answer.ts';
import { createPace, retryAfterOf } from './embedder-pace.ts';
import { chatFailure } from './failure.ts';

export type RequestOptions = {
  /** Of any server that speaks OpenAI's API; ends in `/v1` as a rule. `null` is OpenAI itself. */
  readonly baseUrl: string | null;
  /** `null` for a server that asks for none. */
  readonly apiKey: string | null;
  readonly model: string;
  /** Length that the vectors are asked to have; `null` leaves it to the model. */
  readonly dimensions: number | null;
  /** For one request with its answer. */
  readonly timeoutMs: number;
  /** Attempts after the first, for what may pass by itself. */
  readonly retriesMax: number;
  readonly clock: Pick<Clock, 'now' | 'monotonicMs' | 'sleep'>;
  readonly random: Ids['random'];
};

/** What was asked for since the start. */
export type EmbeddingUsage = {
  readonly requests: number;
  /** As the server counts them; those of answers that never arrived are not among them. */
  readonly tokens: number;
  /** Requests that were sent again although the server may have done, and charged, the first. */
  readonly repeats: number;
};

export type EmbeddingRequests = {
  /** @param tokens that the texts have by our count */
  send(
    texts: readonly string[],
    tokens: number,
    expected: { readonly dimension: number | null; readonly signal: AbortSignal },
  ): Promise<EmbeddingAnswer>;
  usage(): EmbeddingUsage;
};

const OPENAI_URL = 'https://api.openai.com/v1';
/** The vendor's client wants a key even where the server does not. */
const NO_KEY = 'none';
const RETRY_DELAY_MS = 500;
const PAUSE_MS_MAX = 300_000;
/** An answer that was lost may have been paid for: it is asked for once more, and not again. */
const REPEATS_MAX = 1;
const ANSWER_BYTES_MAX = 512 * 1024 * 1024;

/**
 * Sends embedding requests, each until it is answered. A request that was refused or that never
 * reached the server costs nothing and is sent again, after as long as the server asks for. One whose
 * answer was lost (a timeout, a torn connection) is repeated once, with the same `Idempotency-Key`, by
 * which a server or a gateway that knows it gives its first answer without charging again.
 */
export function createEmbeddingRequests(options: RequestOptions): EmbeddingRequests {
  const { model, clock, dimensions } = options;
  const name = `openai:${model}`;
  const pace = createPace({ name, pauseMsMax: PAUSE_MS_MAX, clock });
  const client = clientOf(options);
  const usage = { requests: 0, tokens: 0, repeats: 0 };

  async function attempt(texts: readonly string[], signal: AbortSignal) {
    const input = [...texts];
    const body = {
      model,
      input,
      encoding_format: 'base64',
      ...(dimensions && { dimensions }),
    } as const;
    const key = hashOf({ model, dimensions, input });
    usage.requests += 1;
    return await client.embeddings
      .create(body, { signal, headers: { 'idempotency-key': key } })
      .withResponse();
  }
  return {
    async send(texts, tokens, { dimension, signal }) {
      let repeats = 0;
      for (let tried = 0; ; tried += 1) {
        await pace.wait(tokens, signal);
        try {
          const { data, response } = await attempt(texts, signal);
          pace.learn(response.headers);
          const answer = readEmbeddingAnswer(data, { name, count: texts.length, dimension });
          usage.tokens += answer.tokens;
          return answer;
        } catch (thrown) {
          signal.throwIfAborted();
          const failure = chatFailure(thrown, { name, secret: options.apiKey });
          const isRepeat = failure.retryable && isLost(thrown);
          if (!failure.retryable || tried >= options.retriesMax) throw failure;
          if (isRepeat && repeats >= REPEATS_MAX) throw failure;
          if (isRepeat) {
            repeats += 1;
            usage.repeats += 1;
          }
          const headers = headersOf(thrown);
          if (headers !== null) pace.learn(headers);
          const delayMs = RETRY_DELAY_MS * 2 ** tried * (1 + options.random() / 2);
          const wishMs = retryAfterOf(headers, clock.now()) ?? 0;
          // Whoever is told to wait waits for all: the limit is the account's.
          if (failure.code === 'rate_limited') pace.pause(Math.max(delayMs, wishMs));
          else await clock.sleep(Math.max(delayMs, Math.min(wishMs, PAUSE_MS_MAX)), signal);
        }
      }
    },
    usage: () => ({ ...usage }),
  };
}

const clientOf = ({ apiKey, baseUrl, timeoutMs }: RequestOptions): OpenAI =>
  // `null` keeps the vendor's client from looking into the environment; nor may it print.
  new OpenAI({
    apiKey: apiKey ?? NO_KEY,
    baseURL: baseUrl ?? OPENAI_URL,
    organization: null,
    project: null,
    logLevel: 'off',
    maxRetries: 0,
    timeout: timeoutMs,
    fetch: fetchCapped,
  });

/** An answer without an end is cut off, and the request fails. */
async function fetchCapped(...request: Parameters<typeof fetch>): Promise<Response> {
  const response = await fetch(...request);
  let bytes = 0;
  const cap = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      bytes += chunk.length;
      if (bytes <= ANSWER_BYTES_MAX) controller.enqueue(chunk);
      else controller.error(tooLarge());
    },
  });
  const body = response.body?.pipeThrough(cap) ?? null;
  const { status, statusText, headers } = response;
  return new Response(body, { status, statusText, headers });
}

const tooLarge = (): AppError =>
  new AppError('upstream_rejected', `an answer has more than ${ANSWER_BYTES_MAX} bytes.`);

const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);
const CAUSES_MAX = 8;

/** Whether the server may have done what it was asked for. */
function isLost(thrown: unknown): boolean {
  if (statusOf(thrown) !== null) return false;
  if (!(thrown instanceof APIConnectionError)) return true;
  let cause: unknown = thrown;
  for (let depth = 0; depth < CAUSES_MAX && cause instanceof Error; depth += 1) {
    if ('code' in cause && typeof cause.code === 'string' && NOT_SENT.has(cause.code)) return false;
    cause = cause.cause;
  }
  return true;
}

const statusOf = (thrown: unknown): number | null =>
  thrown instanceof OpenAI.APIError && typeof thrown.status === 'number' ? thrown.status : null;

const headersOf = (thrown: unknown): Headers | null =>
  thrown instanceof OpenAI.APIError && thrown.headers instanceof Headers ? thrown.headers : null;
