import { lookup } from 'node:dns';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, isIP, type LookupFunction, type Server } from 'node:net';
import { FETCH_LIMITS } from '../../src/adapters/fetcher/limits.ts';
import { createPageFetcher } from '../../src/adapters/fetcher/page-fetcher.ts';
import { systemClock } from '../../src/adapters/system/system.ts';
import type { FetchOutcome } from '../../src/ports/page-fetcher.ts';
import { NAMES } from './notations.ts';

/** What became of one address: asked for directly, behind a redirect, and by a name that turns. */
export type Trial = {
  readonly url: string;
  readonly direct: string;
  readonly redirect: string;
  /** The name answers with a public address first and with this one from then on. */
  readonly rebinding: string;
  /** The name answers with both at once. */
  readonly mixed: string;
  readonly refused: boolean;
};

export type Range = {
  /** Where everybody on this machine listens: what arrives there has got through. */
  readonly port: number;
  try(url: string): Promise<Trial>;
  /** Connections that have got through. */
  arrived(): number;
  close(): Promise<void>;
};

/** Stands for a public address: the only one that the fetcher may reach. */
const PUBLIC = '127.7.7.7';
const ENTRY = 'entry.example';
const TURNING = 'turning.example';
const NOT_TRIED = '-';

/** A place to try addresses at, on loopback alone. */
export async function openRange(): Promise<Range> {
  let arrived = 0;
  const canary = createServer((_, response) => response.end('got through'));
  canary.on('connection', () => {
    arrived += 1;
  });
  canary.listen(0, '::');
  const entry = createServer(({ url = '' }, response) => {
    const to = new URL(url, 'http://entry').searchParams.get('to');
    const headers = { 'content-type': 'text/html', connection: 'close' };
    if (to === null) response.writeHead(200, headers).end('public');
    else response.writeHead(302, { ...headers, location: latin1(to) }).end();
  });
  entry.listen(0, PUBLIC);
  await Promise.all([once(canary, 'listening'), once(entry, 'listening')]);
  const [port, entryPort] = [portOf(canary), portOf(entry)];
  return {
    port,
    try: (template) => tryAll(template.replaceAll('{port}', `${port}`), entryPort),
    arrived: () => arrived,
    async close() {
      for (const server of [canary, entry]) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

/** A header's bytes are what they are: UTF-8 goes out as it would from a careless site. */
const latin1 = (text: string): string =>
  Buffer.from(text.trim())
    .toString('latin1')
    .replace(/[\t\n]/g, '');

async function tryAll(url: string, entryPort: number): Promise<Trial> {
  const direct = await ask([url]);
  const redirect = await ask([`http://${ENTRY}:${entryPort}/?to=${encodeURIComponent(url)}`]);
  const inward = await addressesOf(url);
  const turning = `http://${TURNING}:${entryPort}/`;
  const tried = inward.length > 0;
  const rebinding = tried ? await ask([turning, turning], [[PUBLIC], inward]) : NOT_TRIED;
  const mixed = tried ? await ask([turning], [[...inward, PUBLIC]]) : NOT_TRIED;
  const refused =
    direct !== 'public' &&
    [direct, redirect, rebinding].every(isRefused) &&
    (mixed === 'public' || mixed === NOT_TRIED);
  return { url, direct, redirect, rebinding, mixed, refused };
}

export const isRefused = (outcome: string): boolean => REFUSED.has(outcome);

/** `malformed` is a redirect to what is no URL. */
const REFUSED = new Set([
  // Relative to the page that redirects, and so still at the public address.
  'public',
  'address_refused',
  'invalid_input',
  'malformed',
  'unreachable',
  NOT_TRIED,
]);

/** The addresses that a URL means, to be put behind a name that turns. */
async function addressesOf(url: string): Promise<readonly string[]> {
  const host = (URL.parse(url)?.hostname ?? '').replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) return [host];
  return NAMES[host.replace(/\.$/, '')] ?? [];
}

/** Asks for one URL after the other with a new fetcher, and tells what became of the last. */
async function ask(urls: readonly string[], turns: readonly (readonly string[])[] = []) {
  const fetcher = createPageFetcher({
    userAgent: 'lockstep-ssrf-table/1.0',
    allowNetworks: [`${PUBLIC}/32`],
    limits: { ...FETCH_LIMITS, retriesMax: 0, delayMs: 0, connectMs: 3_000, headersMs: 5_000 },
    clock: systemClock,
    random: () => 0,
    resolve: resolverOf(turns),
  });
  try {
    let outcome = '';
    for (const url of urls) {
      const request = { url, etag: null, lastModified: null, accept: 'page' } as const;
      const { signal } = new AbortController();
      outcome = told(await fetcher.fetch({ ...request, redirects: 'follow' }, signal));
    }
    return outcome;
  } finally {
    await fetcher.close();
  }
}

function told(outcome: FetchOutcome): string {
  if (outcome.kind === 'failed') return outcome.code;
  return outcome.kind === 'fetched' ? new TextDecoder().decode(outcome.page.body) : outcome.kind;
}

/** The table's names by the table, the turning one in turn, all others by the system. */
function resolverOf(turns: readonly (readonly string[])[]): LookupFunction {
  let turn = 0;
  return (hostname, options, callback) => {
    const name = hostname.toLowerCase().replace(/\.$/, '');
    const told = name === ENTRY ? [PUBLIC] : NAMES[name];
    const addresses = name === TURNING ? turns[Math.min(turn++, turns.length - 1)] : told;
    if (addresses === undefined) return lookup(hostname, options, callback);
    const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    callback(null, found);
  };
}
