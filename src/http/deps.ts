import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { EmbeddingPurpose } from '#domain/embedding.ts';
import type { Answerer } from '#ports/answerer.ts';
import type { Registry } from '#ports/registry.ts';
import type { Clock, Ids, Log } from '#ports/system.ts';

/** What HTTP translates requests into. */
export type HttpDeps = {
  readonly answerer: Answerer;
  readonly registry: Pick<Registry, 'channels' | 'pairings' | 'answers' | 'keys' | 'views'>;
  /** Vectors of the space that a channel or pairing serves. */
  embedTexts(
    request: {
      readonly target: string;
      readonly texts: readonly string[];
      readonly purpose: EmbeddingPurpose;
    },
    signal: AbortSignal,
  ): Promise<{
    readonly vectors: readonly Float32Array[];
    readonly tokens: number;
    readonly pairingId: string;
    readonly model: string;
  }>;
  /** Rejects with an `AppError` that says why requests would fail now. */
  ready(signal: AbortSignal): Promise<void>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly version: string;
  /** True when other machines can reach the server. One key that exists demands keys as well. */
  readonly requireKey: boolean;
  readonly limits: HttpLimits;
};

export type HttpLimits = {
  readonly bodyBytesMax: number;
  /** Answers, searches and embeddings under way at once; more are refused with 429. */
  readonly concurrencyMax: number;
  readonly messagesMax: number;
  /** Texts of one embeddings request. */
  readonly textsMax: number;
  /** Hits of one search. */
  readonly hitsMax: number;
  /** Characters of a comment on an answer. */
  readonly commentMax: number;
  /** A stream without a word for this long gets a comment, so that nobody in between ends it. */
  readonly keepAliveMs: number;
  /** Keep-alives in a row that a client may leave unread before its stream is cut. */
  readonly unreadMax: number;
  /** How long a known key, or that no key exists, is believed without asking the registry. */
  readonly keyCacheMs: number;
  readonly keysCachedMax: number;
  /** How long an outcome of `ready` is given again. */
  readonly readyCacheMs: number;
  readonly readyTimeoutMs: number;
};

export const HTTP_LIMITS: HttpLimits = {
  bodyBytesMax: 4 * 1024 * 1024,
  concurrencyMax: 64,
  messagesMax: 256,
  textsMax: 2_048,
  hitsMax: 100,
  commentMax: 4_000,
  keepAliveMs: 15_000,
  unreadMax: 4,
  keyCacheMs: 5_000,
  keysCachedMax: 1_000,
  readyCacheMs: 1_000,
  readyTimeoutMs: 5_000,
};

export type HttpEnv = {
  /** `draining` is set by the server while it shuts down; in-process requests have none of these. */
  Bindings: Partial<HttpBindings> & { readonly draining?: boolean };
  Variables: {
    requestId: string;
    /** The response that has the common headers already. */
    dressed?: Response;
    /** Pattern of the route that answers, for logs and metrics. */
    route?: string;
    keyId?: string;
    /** Code of the error that was answered, or that a stream ended with. */
    errorCode?: string;
    /** Set by a handler that answers with a stream: resolves when that has ended, never rejects. */
    ending?: Promise<void>;
  };
};

export type HttpContext = Context<HttpEnv>;
