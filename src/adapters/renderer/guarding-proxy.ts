import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as requestHttp,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Admission, type AdmissionsOptions, createAdmissions } from './admissions.ts';

/** Opens a connection to where it is allowed to, and rejects otherwise. */
export type Dial = (host: string, port: number, signal: AbortSignal) => Promise<Socket>;

export type GuardingProxyOptions = AdmissionsOptions & { readonly dial: Dial };

export type GuardingProxy = {
  /** `http://127.0.0.1:port`. */
  readonly server: string;
  /** Lets one page through until it is revoked. */
  admit(): Admission;
  close(): Promise<void>;
};

const OF_THE_CONNECTION = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * The browser's only way out: an HTTP proxy on loopback that knows the pages by their secrets and
 * connects through `dial` alone. What the browser believes of an address counts nothing.
 */
export async function openGuardingProxy(options: GuardingProxyOptions): Promise<GuardingProxy> {
  const { dial } = options;
  const admissions = createAdmissions(options);
  const sockets = new Set<Socket>();
  const admissionOf = ({ headers }: IncomingMessage) =>
    admissions.of(headers['proxy-authorization']);
  const server = createServer((request, response) => {
    const admission = admissionOf(request);
    if (admission === null) return void response.writeHead(407, CHALLENGE).end();
    // An answer of ours could be taken for one of the site.
    forward(request, response, admission, dial).catch(() => request.socket.destroy());
  });
  server.on('connect', (request, client, head) => {
    client.on('error', () => client.destroy());
    const admission = admissionOf(request);
    if (admission === null) return void client.end(`${statusLine(407)}${CHALLENGE_LINE}\r\n\r\n`);
    tunnel({ request, client, head, admission, dial }).catch(() =>
      client.end(`${statusLine(403)}\r\n`),
    );
  });
  server.on('connection', (socket) => {
    sockets.add(socket.once('close', () => sockets.delete(socket)));
  });
  server.on('clientError', (_, socket) => socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    admit: admissions.admit,
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

const CHALLENGE = { 'proxy-authenticate': 'Basic realm="lockstep"' };
const CHALLENGE_LINE = 'proxy-authenticate: Basic realm="lockstep"\r\ncontent-length: 0';
const statusLine = (status: number) => `HTTP/1.1 ${status} Refused\r\n`;

type Tunnel = {
  readonly request: IncomingMessage;
  readonly client: Duplex;
  readonly head: Buffer;
  readonly admission: Admission;
  readonly dial: Dial;
};

/** HTTPS and WebSockets: bytes that only the two ends understand. */
async function tunnel({ request, client, head, admission, dial }: Tunnel): Promise<void> {
  const target = URL.parse(`http://${request.url ?? ''}`);
  if (target === null) throw new Error('no address to connect to');
  const upstream = await dial(hostOf(target), portOf(target), admission.signal);
  upstream.on('error', () => client.destroy());
  client.once('close', () => upstream.destroy());
  upstream.once('close', () => client.destroy());
  if (!admission.tie(upstream, request.socket)) {
    upstream.destroy();
    throw new Error('the page has too many connections');
  }
  client.write('HTTP/1.1 200 Connected\r\n\r\n');
  upstream.write(head);
  upstream.on('data', (chunk: Buffer) => admission.add(chunk.byteLength));
  upstream.pipe(client).pipe(upstream);
}

/** Plain HTTP, asked for by its absolute URL. */
async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  admission: Admission,
  dial: Dial,
): Promise<void> {
  const target = URL.parse(request.url ?? '');
  if (target?.protocol !== 'http:') throw new Error('no http address to ask');
  const upstream = await dial(hostOf(target), portOf(target), admission.signal);
  if (!admission.tie(upstream, request.socket)) {
    upstream.destroy();
    throw new Error('the page has too many connections');
  }
  const asked = requestHttp({
    createConnection: () => upstream,
    host: target.hostname,
    method: request.method,
    path: `${target.pathname}${target.search}`,
    headers: { ...endToEnd(request.headers), host: target.host, connection: 'close' },
  });
  for (const end of [upstream, asked, request, response]) end.on('error', () => upstream.destroy());
  response.once('close', () => upstream.destroy());
  request.pipe(asked);
  const [answer] = (await once(asked, 'response', { signal: admission.signal })) as [
    IncomingMessage,
  ];
  response.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers));
  answer.on('error', () => response.destroy());
  answer.on('data', (chunk: Buffer) => admission.add(chunk.byteLength));
  answer.pipe(response);
}

const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1');
const portOf = ({ port }: URL): number => (port === '' ? 80 : Number(port));

const endToEnd = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.has(name)));
