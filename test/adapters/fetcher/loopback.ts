import { once } from 'node:events';
import { createServer, type RequestListener, type ServerOptions } from 'node:http';
import {
  type AddressInfo,
  createServer as createSocketServer,
  type LookupFunction,
  type Server,
  type Socket,
} from 'node:net';
import { onTestFinished } from 'vitest';
import { FETCH_LIMITS, type FetchLimits } from '#adapters/fetcher/limits.ts';
import {
  type ClosablePageFetcher,
  createPageFetcher,
  type PageFetcherOptions,
} from '#adapters/fetcher/page-fetcher.ts';
import type { FetchOutcome, FetchRequest, PageFetcher } from '#ports/page-fetcher.ts';
import type { Clock } from '#ports/system.ts';
import { createFakeClock } from '../../fakes/clock.ts';

/** Origin of a server on loopback that ends with the test. */
export async function serve(
  listener: RequestListener,
  options: ServerOptions = {},
): Promise<string> {
  const server = createServer(options, listener);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return originOf(server);
}

/** Origin of a server that speaks whatever `onSocket` writes. */
export async function serveSockets(onSocket: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createSocketServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket.on('error', () => undefined));
    onSocket(socket);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return originOf(server);
}

export async function originOf(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${portOf(server)}`;
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;

/** A clock whose short sleeps take their time at once; longer ones, such as limits, never end. */
export function createHastyClock(shortMsMax = 1_500): Clock {
  const [hasty, still] = [createFakeClock({ mode: 'auto' }), createFakeClock()];
  const sleep = (ms: number, signal: AbortSignal) =>
    (ms <= shortMsMax ? hasty : still).sleep(ms, signal);
  return { ...hasty, sleep };
}

type Overrides = Partial<Omit<PageFetcherOptions, 'limits'>> & {
  readonly limits?: Partial<FetchLimits>;
};

/** Reaches loopback, never retries and never waits unless told to; its clock stands still. */
export function fetcherWith(overrides: Overrides = {}): ClosablePageFetcher {
  const fetcher = createPageFetcher({
    userAgent: 'LockstepTest/1.0',
    allowNetworks: ['127.0.0.0/8'],
    clock: createFakeClock(),
    random: () => 0.5,
    ...overrides,
    limits: { ...FETCH_LIMITS, retriesMax: 0, delayMs: 0, ...overrides.limits },
  });
  onTestFinished(() => fetcher.close());
  return fetcher;
}

export function requestOf(url: string, more: Partial<FetchRequest> = {}): FetchRequest {
  return { url, etag: null, lastModified: null, accept: 'page', redirects: 'follow', ...more };
}

export const visit = (
  fetcher: PageFetcher,
  url: string,
  more: Partial<FetchRequest> = {},
): Promise<FetchOutcome> => fetcher.fetch(requestOf(url, more), new AbortController().signal);

/** The body of an outcome as text; says what happened instead when there is none. */
export const textOf = (outcome: FetchOutcome): string =>
  outcome.kind === 'fetched' ? new TextDecoder().decode(outcome.page.body) : outcome.kind;

/** A resolver that gives one list of addresses after the other, then the last for ever. */
export function resolverOf(...answers: readonly (readonly string[])[]): LookupFunction & {
  readonly asked: readonly string[];
} {
  const asked: string[] = [];
  const resolve: LookupFunction = (hostname, _, callback) => {
    const addresses = answers[Math.min(asked.length, answers.length - 1)] ?? [];
    asked.push(hostname);
    const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    callback(null, found);
  };
  return Object.assign(resolve, { asked });
}
