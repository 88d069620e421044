import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CommandLine, collect, createCommandLine, outputMatching } from './command-line.ts';
import { filler, SEABIRDS, type SmallSite, serveSmallSite } from './small-site.ts';

const TERN = 'How many entries does the Tern cache hold?';

let site: SmallSite;
let provider: Awaited<ReturnType<typeof servePatientProvider>>;
let lockstep: CommandLine;
beforeAll(async () => {
  site = await serveSmallSite(SEABIRDS);
  provider = await servePatientProvider();
  lockstep = createCommandLine({ OPENAI_BASE_URL: provider.baseUrl, OPENAI_API_KEY: '' });
});
afterAll(async () => {
  lockstep.remove();
  provider.close();
  await site.close();
});

/** A chat model that says half of its answer, and the rest when it is told to. */
async function servePatientProvider() {
  const { promise: told, resolve: tell } = Promise.withResolvers<void>();
  const send = (response: ServerResponse, delta: object, reason: string | null = null) => {
    const choices = [{ index: 0, delta, finish_reason: reason }];
    const chunk = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'slow', choices };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  const server = createServer(async (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    send(response, { role: 'assistant', content: 'It holds 41 entries [1]. ' });
    await told;
    send(response, { content: 'That is all.' });
    send(response, {}, 'stop');
    response.end('data: [DONE]\n\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    tell();
    server.closeAllConnections();
    server.close();
  };
  return { baseUrl: `http://127.0.0.1:${port}/v1`, tell, close };
}

/** Starts a command that serves; where, and how to end it in order. */
async function serving(...command: string[]) {
  const child = lockstep.start(...command, '--port', '0');
  const ended = collect(child);
  const [, origin = ''] = await outputMatching(child, /serving on (http:\/\/[\d.:]+\d)/i);
  const terminate = () => {
    child.kill('SIGTERM');
    return ended;
  };
  return { child, origin, terminate };
}

const clientOf = (origin: string, apiKey = 'none') =>
  new OpenAI({ baseURL: `${origin}/v1`, apiKey, maxRetries: 0 });

const asked = (model = 'production') => ({
  model,
  messages: [{ role: 'user' as const, content: TERN }],
});

const fingerprintOf = async (client: OpenAI) =>
  (await client.chat.completions.create(asked())).system_fingerprint;

type Move = { readonly pairingId: string };
const current = async () =>
  (await lockstep.json<readonly Move[]>('history', 'production')).at(-1)?.pairingId;

it('comes up from a URL, answers an OpenAI client with citations, and ends in order', async () => {
  const { origin, terminate } = await serving('up', `${site.site.origin}/`);
  expect((await fetch(`${origin}/readyz`)).status).toBe(200);
  const client = clientOf(origin);
  const answer = await client.chat.completions.create(asked());
  const pairing = await current();
  expect(answer.system_fingerprint).toBe(pairing);
  expect(answer.choices[0]?.message.content).toContain('41 entries');
  expect(answer.choices[0]?.message.annotations?.[0]?.url_citation).toMatchObject({
    url: `${site.site.origin}/tern`,
    title: 'The Tern cache',
  });

  let streamed = '';
  const fingerprints = new Set<unknown>();
  for await (const chunk of await client.chat.completions.create({ ...asked(), stream: true })) {
    streamed += chunk.choices[0]?.delta.content ?? '';
    fingerprints.add(chunk.system_fingerprint);
  }
  expect(streamed).toBe(answer.choices[0]?.message.content);
  expect([...fingerprints]).toEqual([pairing]);

  const missing = client.chat.completions.create(asked('nope'));
  await expect(missing).rejects.toMatchObject({ status: 404, code: 'unknown_channel' });
  expect((await terminate()).code).toBe(0);
}, 60_000);

it('serves at once when it starts again, and publishes what changed meanwhile', async () => {
  site.write('tern', 'The Tern cache', [
    filler('the Tern cache'),
    'The Tern cache holds 63 entries for nine minutes.',
  ]);
  const { child, origin, terminate } = await serving('up');
  expect((await fetch(`${origin}/readyz`)).status).toBe(200);
  await outputMatching(child, /published posts@v1#2/);
  const answer = await clientOf(origin).chat.completions.create(asked());
  expect(answer.choices[0]?.message.content).toContain('63 entries');
  expect(answer).toMatchObject({ lockstep: { view: 'posts@v1', epoch: 2 } });
  expect((await terminate()).code).toBe(0);
}, 60_000);

it('serves what was promoted while the site is away, and says why nothing is new', async () => {
  await site.pause();
  const { child, origin, terminate } = await serving('up');
  await outputMatching(child, /served on/);
  const answer = await clientOf(origin).chat.completions.create(asked());
  expect(answer.choices[0]?.message.content).toContain('63 entries');
  await site.resume();
  const { code, err } = await terminate();
  expect(code).toBe(0);
  expect(err).toContain('error (unreachable)');
}, 60_000);

it('follows promotions and rollbacks while it serves, and lets a stream end', async () => {
  const { origin, terminate } = await serving('serve');
  const client = clientOf(origin);
  const first = await current();
  expect(await fingerprintOf(client)).toBe(first);
  const { id } = await lockstep.json<{ id: string }>('pairing', 'create', '--hits-max', '3');
  await lockstep.json('promote', id, '--unevaluated');
  expect(await fingerprintOf(client)).toBe(id);
  await lockstep.json('rollback');
  expect(await fingerprintOf(client)).toBe(first);

  await lockstep.json('model', 'register', 'openai:slow', '--name', 'slow');
  const slow = await lockstep.json<{ id: string }>('pairing', 'create', '--model', 'slow');
  await lockstep.json('promote', slow.id, '--channel', 'canary', '--unevaluated');
  let streamed = '';
  const stream = await client.chat.completions.create({ ...asked('canary'), stream: true });
  let ended: ReturnType<typeof terminate> | null = null;
  for await (const chunk of stream) {
    streamed += chunk.choices[0]?.delta.content ?? '';
    if (ended !== null || !streamed.includes('41')) continue;
    ended = terminate();
    await refusing(origin);
    provider.tell();
  }
  expect(streamed).toContain('That is all.');
  expect(await ended).toMatchObject({ code: 0, err: '' });
}, 60_000);

/** Resolves when nobody listens there any more. */
async function refusing(origin: string): Promise<void> {
  for (;;) {
    try {
      await (await fetch(`${origin}/healthz`, { headers: { connection: 'close' } })).text();
    } catch {
      return;
    }
  }
}

it('demands the API key that was made, and takes it', async () => {
  const { key } = await lockstep.json<{ key: string }>('key', 'create', 'journey');
  const { origin, terminate } = await serving('serve');
  expect((await fetch(`${origin}/readyz`)).status).toBe(200);
  await expect(fingerprintOf(clientOf(origin))).rejects.toMatchObject({
    status: 401,
    code: 'unauthorized',
  });
  expect(await fingerprintOf(clientOf(origin, key))).toBe(await current());
  expect((await terminate()).code).toBe(0);
}, 60_000);
