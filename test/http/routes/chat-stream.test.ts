import { describe, expect, it } from 'vitest';
import { AppError } from '#domain/errors.ts';
import { collect } from '../../fakes/collect.ts';
import type { Tell } from '../told-answerer.ts';
import { ask, createWorld, post, type WorldOptions } from '../world.ts';

const CHAT = '/v1/chat/completions';
const decoder = new TextDecoder();

async function openStream(options: WorldOptions) {
  const world = await createWorld(options);
  const response = await world.app.request(CHAT, post(ask({ stream: true })));
  return { ...world, response };
}

const eventsOf = (text: string) => text.split('\n\n').filter((event) => event !== '');

/** Tells a text, then waits for the gate or the end of the question. */
function tellAtGate(): { tell: Tell; open: () => void } {
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const tell: Tell = async function* (_question, signal) {
    yield 'first ';
    const { promise: left, reject } = Promise.withResolvers<never>();
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    await Promise.race([gate, left]);
    yield 'last';
  };
  return { tell, open };
}

describe('the beginning', () => {
  it('waits for the first words, so that what fails before them has a status', async () => {
    const { response, answerer } = await openStream({
      // biome-ignore lint/correctness/useYield: it breaks before it says anything
      tell: async function* () {
        throw new AppError('rate_limited', 'the provider is busy', { retryable: true });
      },
    });
    expect(response.status).toBe(429);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('x-should-retry')).toBe('true');
    expect(answerer.left()).toBe(1);
  });

  it('does not wait for the second', async () => {
    const { tell, open } = tellAtGate();
    const { response } = await openStream({ tell });
    const reader = (response.body ?? new ReadableStream()).getReader();
    const { value } = await reader.read();
    const [role, first, ...more] = eventsOf(decoder.decode(value));
    expect(role).toContain('"role":"assistant"');
    expect(first).toContain('"content":"first "');
    expect(more).toEqual([]);
    open();
    await reader.cancel();
  });
});

describe('the end', () => {
  it('says with its last event what broke it off, and why in the log', async () => {
    const { response, answerer, log } = await openStream({
      tell: async function* () {
        yield 'first ';
        throw new AppError('upstream_unavailable', 'the model broke off', { retryable: true });
      },
    });
    expect(response.status).toBe(200);
    const events = eventsOf(await response.text());
    expect(JSON.parse(events.at(-1)?.slice('data: '.length) ?? '')).toEqual({
      error: {
        message: 'the model broke off',
        type: 'server_error',
        param: null,
        code: 'upstream_unavailable',
      },
    });
    expect(events.join()).not.toContain('[DONE]');
    expect(events.join()).toContain('"content":"first "');
    await answerer.whenLeft(1);
    expect(log.entries.map(({ message }) => message)).toContain('stream broke off');
    const last = log.entries.findLast(({ message }) => message === 'request');
    expect(last?.fields).toMatchObject({ status: 200, code: 'upstream_unavailable' });
  });

  it('leaves the generation when it is over', async () => {
    const { response, answerer, clock } = await openStream({});
    await response.text();
    await answerer.whenLeft(1);
    expect(clock.sleeping()).toBe(0);
  });

  it('ends the generation when the client leaves', async () => {
    const { tell } = tellAtGate();
    const { response, answerer, clock, log } = await openStream({ tell });
    await response.body?.cancel();
    await answerer.whenLeft(1);
    expect(clock.sleeping()).toBe(0);
    expect(log.entries.filter(({ level }) => level === 'error')).toEqual([]);
    const last = log.entries.findLast(({ message }) => message === 'request');
    expect(last?.fields).toMatchObject({ code: 'cancelled' });
  });

  it('ends the generation when the client leaves before the first word', async () => {
    const world = await createWorld({
      tell: async function* (_question, signal) {
        await new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        });
      },
    });
    const client = new AbortController();
    const request = { ...post(ask({ stream: true })), signal: client.signal };
    const response = world.app.request(CHAT, request);
    while (world.answerer.questions.length === 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    client.abort();
    expect((await response).status).toBe(499);
    expect(world.answerer.left()).toBe(1);
  });
});

describe('the pace', () => {
  it('generates no more than a little ahead of its reader', async () => {
    const WORDS = 1_000;
    let told = 0;
    const { response } = await openStream({
      tell: async function* () {
        for (; told < WORDS; told += 1) yield `${told} `;
      },
    });
    const reader = (response.body ?? new ReadableStream()).getReader();
    await reader.read();
    for (let turn = 0; turn < 20; turn += 1) await new Promise((done) => setImmediate(done));
    expect(told).toBeLessThan(100);
    for (;;) if ((await reader.read()).done) break;
    expect(told).toBe(WORDS);
  });

  it('sends what comes at once together, without losing any', async () => {
    const words = Array.from({ length: 100 }, (_, index) => `${index} `);
    const { response } = await openStream({
      tell: async function* () {
        yield* words;
      },
    });
    const chunks = await collect(response.body ?? new ReadableStream<Uint8Array>());
    expect(chunks.length).toBeLessThan(20);
    const events = eventsOf(chunks.map((chunk) => decoder.decode(chunk)).join(''));
    const contents = events.flatMap((event) => /"content":"(\d+ )"/.exec(event)?.[1] ?? []);
    expect(contents).toEqual(words);
    expect(events.at(-1)).toBe('data: [DONE]');
  });

  it('says that it is alive while nothing comes', async () => {
    const { tell, open } = tellAtGate();
    const { response, clock } = await openStream({ tell, limits: { keepAliveMs: 1_000 } });
    const reader = (response.body ?? new ReadableStream()).getReader();
    await reader.read();
    const comment = reader.read();
    await clock.advance(2_000);
    expect(decoder.decode((await comment).value)).toBe(': keep-alive\n\n');
    open();
    let rest = '';
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      rest += decoder.decode(part.value);
    }
    expect(rest).toContain('"content":"last"');
    expect(rest).toMatch(/data: \[DONE\]\n\n$/);
  });

  it('cuts the connection of a client that does not read', async () => {
    const limits = { keepAliveMs: 1_000, unreadMax: 3 };
    const world = await createWorld({
      limits,
      tell: async function* () {
        for (let told = 0; ; told += 1) yield `${told} `;
      },
    });
    let cut = 0;
    const outgoing = {
      destroy: () => {
        cut += 1;
      },
    };
    const { body } = await world.app.request(CHAT, post(ask({ stream: true })), { outgoing });
    await new Promise((done) => setImmediate(done));
    await world.clock.advance(3_000);
    expect(cut).toBe(0);
    await world.clock.advance(1_000);
    expect(cut).toBe(1);
    // What a destroyed connection does to the stream.
    await body?.cancel();
    await world.answerer.whenLeft(1);
    expect(world.clock.sleeping()).toBe(0);
  });
});
