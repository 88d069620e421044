import { QdrantClient, type Schemas } from '@qdrant/js-client-rest';
import { type FailureContext, failureOf } from './failure.ts';
import type { QdrantSettings } from './options.ts';

export type QdrantSchemas = Schemas;
type QdrantApi = ReturnType<QdrantClient['api']>;

type View = FailureContext['view'];
/** What every call of the vendor's client is given besides its own parameters. */
type CallInit = { readonly signal: AbortSignal; readonly redirect: 'error' };
type Call<T> = (api: QdrantApi, init: CallInit) => Promise<{ readonly data: { result?: T } }>;

export type Requests = {
  /** Scheme, host and port. */
  readonly server: string;
  /**
   * The result of one request that may be repeated: it is, with growing pauses, while the server is
   * away, slow or busy. Rejects with the signal's reason, or an `AppError`.
   */
  send<T>(view: View, signal: AbortSignal, call: Call<T>): Promise<T>;
};

/** Longest pause before a further attempt. */
const PAUSE_MS_MAX = 10_000;

export function createRequests(settings: QdrantSettings): Requests {
  const { apiKey, clock, random, limits } = settings;
  const { api, server } = clientOf(settings);
  return {
    server,
    send: async (view, signal, call) => {
      for (let attempt = 0; ; attempt++) {
        signal.throwIfAborted();
        const timeout = AbortSignal.timeout(limits.timeoutMs);
        const init = { signal: AbortSignal.any([signal, timeout]), redirect: 'error' } as const;
        try {
          return resultOf(await call(api, init));
        } catch (thrown) {
          if (signal.aborted) throw signal.reason;
          const failure = failureOf(thrown, { server, apiKey, view });
          if (!failure.again || attempt >= limits.retriesMax) throw failure.error;
          const growing = limits.retryDelayMs * 2 ** attempt * (0.5 + random());
          await clock.sleep(Math.min(PAUSE_MS_MAX, Math.max(growing, failure.waitMs)), signal);
        }
      }
    },
  };
}

function resultOf<T>({ data }: { readonly data: { result?: T } }): T {
  if (data?.result !== undefined) return data.result;
  throw new Error('an answer without a result');
}

/**
 * The vendor's client without its own timeout, which would push our signal aside, and without its
 * ways of printing: it warns on the console of an old server and of a key without TLS.
 */
function clientOf({ url, apiKey, log }: QdrantSettings) {
  const { protocol, hostname, port, pathname } = new URL(url);
  const path = pathname.replace(/\/+$/, '');
  // `URL` drops a port that is its scheme's own, and the client would take 6333 instead.
  const named = /^https?:\/\/[^/]*:\d+(?:\/|$)/.test(url);
  const standard = protocol === 'https:' ? 443 : 80;
  const at = port !== '' ? Number(port) : named ? standard : DEFAULT_PORT;
  if (apiKey !== null && protocol === 'http:' && !LOOPBACK.test(hostname)) {
    log.warn('the API key of Qdrant crosses the network in clear; use https', { host: hostname });
  }
  const client = new QdrantClient({
    url: `${protocol}//${hostname}`,
    port: at,
    ...(path === '' ? {} : { prefix: path }),
    ...(apiKey === null ? {} : { headers: { 'api-key': apiKey } }),
    timeout: Number.POSITIVE_INFINITY,
    checkCompatibility: false,
  });
  return { api: client.api(), server: `${protocol}//${hostname}:${at}${path}` };
}

const DEFAULT_PORT = 6333;
const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;
