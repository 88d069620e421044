import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { systemClock, systemIds } from '../../src/adapters/system/system.ts';
import type { AnswerEvent } from '../../src/domain/answer.ts';
import { createApp } from '../../src/http/app.ts';
import { HTTP_LIMITS, type HttpDeps } from '../../src/http/deps.ts';
import type { Answerer } from '../../src/ports/answerer.ts';
import { createFakeLog } from '../../test/fakes/log.ts';
import { answerOf } from '../../test/http/told-answerer.ts';
import { createKeysInMemory } from '../../test/http/world.ts';

/**
 * `node scripts/bench/http.ts`: CPU time of the serving thread for one chat request, whole and as 50
 * server-sent events, beside raw `node:http` and bare Hono that send the same bytes. A client on
 * another thread keeps connections busy; runs are interleaved, and the median is shown.
 */
const ROUNDS = 9;
const REQUESTS = 2_000;
const STREAMS = 400;
const CONNECTIONS = 8;
const EVENTS = 50;

type Load = { port: number; path: string; body: string; requests: number };

/** Sends each load over keep-alive connections and answers when the last response has ended. */
function drive(): void {
  parentPort?.on('message', async (load: Load) => {
    const share = Math.ceil(load.requests / CONNECTIONS);
    await Promise.all(Array.from({ length: CONNECTIONS }, () => keepBusy(load, share)));
    parentPort?.postMessage('done');
  });
}

function keepBusy({ port, path, body }: Load, requests: number): Promise<void> {
  const head = `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n`;
  const request = `${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  return new Promise((resolve, reject) => {
    let left = requests;
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    socket.setEncoding('latin1').on('error', reject);
    socket.on('data', (text: string) => {
      received += text;
      if (!isWhole(received)) return;
      if (!received.startsWith('HTTP/1.1 200')) reject(new Error(received));
      received = '';
      left -= 1;
      if (left > 0) return void socket.write(request);
      socket.end();
      resolve();
    });
  });
}

function isWhole(received: string): boolean {
  const length = /content-length: (\d+)/i.exec(received)?.[1];
  if (length === undefined) return received.endsWith('\r\n0\r\n\r\n');
  return received.length >= received.indexOf('\r\n\r\n') + 4 + Number(length);
}

/** An answer that costs nothing, so that what is measured is HTTP. */
function createReadyAnswerer(): Answerer {
  const words = Array.from({ length: EVENTS - 2 }, (_, index) => `word ${index} `);
  const provenance = {
    answerId: '0198c0de-0000-8000-8000-000000000000',
    pairingId: 'pairing-0123456789abcdef0123456789abcdef',
    channel: 'production',
    viewId: 'posts@v1',
    epoch: 42,
    promptId: 'answer@v1',
    modelId: 'told@v1',
    respondedBy: 'told',
  };
  const answer = answerOf(words.join(''), provenance);
  const events: readonly AnswerEvent[] = [
    { kind: 'started', provenance },
    ...words.map((text) => ({ kind: 'text', text }) as const),
    { kind: 'ended', answer },
  ];
  return {
    answer: async () => answer,
    stream: () => later(events),
    search: async () => ({ hits: [], pairingId: '', viewId: '', epoch: 1 }),
  };
}

function createDeps(): HttpDeps {
  const unused = (): never => {
    throw new Error('the benchmark asks for no more than answers');
  };
  const get = unused;
  return {
    answerer: createReadyAnswerer(),
    registry: {
      channels: { get, list: unused, history: unused, move: unused },
      pairings: { get, list: unused, register: unused },
      answers: { get, list: unused, record: unused, addFeedback: unused, feedback: unused },
      views: { get } as unknown as HttpDeps['registry']['views'],
      keys: createKeysInMemory(),
    },
    embedTexts: unused,
    ready: async () => undefined,
    clock: systemClock,
    ids: systemIds,
    log: { ...createFakeLog(), info: () => undefined },
    version: 'bench',
    requireKey: false,
    limits: HTTP_LIMITS,
  };
}

/** The events and the completion that the app sends, for the others to send as well. */
async function samples(app: Hono) {
  const ask = async (stream: boolean) => {
    const response = await app.request('/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: bodyOf(stream),
    });
    return response.text();
  };
  const events = (await ask(true)).split('\n\n').filter((event) => event !== '');
  return { completion: JSON.parse(await ask(false)) as object, events };
}

const bodyOf = (stream: boolean): string =>
  JSON.stringify({
    model: 'production',
    messages: [{ role: 'user', content: 'How do I roll back the retrieval index?' }],
    stream,
  });

async function* later<T>(values: readonly T[]): AsyncGenerator<T> {
  for (const value of values) yield value;
}

function createRaw(completion: object, events: readonly string[]): Server {
  return createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const { stream } = JSON.parse(Buffer.concat(chunks).toString()) as { stream: boolean };
      if (!stream) {
        const text = JSON.stringify(completion);
        const headers = { 'content-type': 'application/json' };
        response.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(text) });
        response.end(text);
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for await (const event of later(events)) response.write(`${event}\n\n`);
      response.end();
    });
  });
}

function createBareHono(completion: object, events: readonly string[]): Hono {
  const data = events.map((event) => event.replace(/^data: /, ''));
  return new Hono().post('/v1/chat/completions', async (c) => {
    const { stream } = await c.req.json<{ stream: boolean }>();
    if (!stream) return c.json(completion);
    return streamSSE(c, async (sse) => {
      for await (const event of later(data)) await sse.writeSSE({ data: event });
    });
  });
}

async function measure(): Promise<void> {
  const app = createApp(createDeps());
  const { completion, events } = await samples(app as unknown as Hono);
  const bare = createBareHono(completion, events);
  const servers: Readonly<Record<string, Server>> = {
    'node:http': createRaw(completion, events),
    hono: createServer(getRequestListener(bare.fetch)),
    lockstep: createServer(getRequestListener(app.fetch)),
  };
  const ports = new Map<string, number>();
  for (const [name, server] of Object.entries(servers)) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ports.set(name, (server.address() as AddressInfo).port);
  }
  const client = new Worker(new URL(import.meta.url));
  const spend = async (name: string, stream: boolean): Promise<number> => {
    const requests = stream ? STREAMS : REQUESTS;
    const before = process.threadCpuUsage();
    const done = new Promise<void>((resolve) => client.once('message', () => resolve()));
    const load = { port: ports.get(name) ?? 0, path: '/v1/chat/completions', requests };
    client.postMessage({ ...load, body: bodyOf(stream) } satisfies Load);
    await done;
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / requests;
  };
  const spendInside = async (fetch: Hono['fetch'], stream: boolean): Promise<number> => {
    const requests = stream ? STREAMS : REQUESTS;
    const body = bodyOf(stream);
    const before = process.threadCpuUsage();
    for (let index = 0; index < requests; index += 1) {
      const request = new Request('http://localhost/v1/chat/completions', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': String(body.length) },
        body,
      });
      const response = await fetch(request);
      for await (const _ of response.body ?? []);
    }
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / requests;
  };
  const times = new Map<string, number[]>();
  const note = (key: string, us: number) => times.set(key, [...(times.get(key) ?? []), us]);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const stream of [false, true]) {
      const what = stream ? `${EVENTS} events` : 'JSON';
      for (const name of Object.keys(servers)) {
        note(`${what}, loopback: ${name}`, await spend(name, stream));
      }
      note(`${what}, in process: hono`, await spendInside(bare.fetch, stream));
      note(`${what}, in process: lockstep`, await spendInside(app.fetch as Hono['fetch'], stream));
    }
  }
  await client.terminate();
  for (const server of Object.values(servers)) server.close();
  const median = (values: readonly number[]): number =>
    values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
  for (const [key, values] of [...times].sort()) {
    process.stdout.write(`${key.padEnd(36)} ${median(values).toFixed(1).padStart(7)} µs\n`);
  }
}

if (!isMainThread) drive();
else await measure();
