import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOpenAiChat, type OpenAiChatOptions } from '#adapters/openai/openai-chat.ts';
import { AppError, toAppError } from '#domain/errors.ts';
import { NO_ANSWER } from '#ports/chat-model.ts';
import {
  chatModelContract,
  chatRequest,
  PASSAGE,
  QUESTION,
  textOf,
} from '../../contracts/chat-model.ts';
import { createFakeClock, type FakeClock } from '../../fakes/clock.ts';
import { collect, rejection } from '../../fakes/collect.ts';
import {
  type ErrorScript,
  type OpenAiServer,
  startOpenAiServer,
} from '../../fakes/openai-server.ts';

const KEY = 'sk-secret-1';
const signal = new AbortController().signal;
const request = chatRequest(QUESTION, [PASSAGE]);
const trouble = (status: number, code: string | null = null, headers = {}): ErrorScript => ({
  status,
  error: { message: `no luck with ${KEY}`, type: 'some_error', code },
  headers,
});

let server: OpenAiServer;
let clock: FakeClock;
const open = (changes: Partial<OpenAiChatOptions> = {}) =>
  createOpenAiChat({
    baseUrl: server.baseUrl,
    apiKey: KEY,
    model: 'gpt-test',
    timeoutMs: 60_000,
    retriesMax: 0,
    clock,
    random: () => 0,
    ...changes,
  });
const ask = (changes: Partial<OpenAiChatOptions> = {}) =>
  collect(open(changes).generate(request, signal));
const failureOf = async (changes: Partial<OpenAiChatOptions> = {}) =>
  toAppError(await rejection(ask(changes)));

beforeEach(async () => {
  server = await startOpenAiServer({ apiKey: KEY, models: ['gpt-test'] });
  clock = createFakeClock();
});
afterEach(() => server.close());

describe('keeps the contract', () => {
  chatModelContract({
    next: (outcome) => {
      const answer = ['The archive was offline for 47 minutes', ' [1].'];
      server.script({ parts: outcome === 'answer' ? answer : ['NO_', 'ANSWER'] });
      return open();
    },
  });
});

describe('the OpenAI chat model', () => {
  it('sends the messages and every parameter of the generation, and asks for usage', async () => {
    await ask();
    expect(server.requests[0]?.body).toMatchObject({
      model: 'gpt-test',
      messages: request.messages,
      temperature: request.parameters.temperature,
      max_tokens: request.parameters.tokensMax,
      seed: request.parameters.seed,
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('sends an earlier answer as the assistant turn it was', async () => {
    const history = [
      { role: 'user', content: 'Hello?' },
      { role: 'assistant', content: 'Yes [1].' },
    ] as const;
    const messages = [...history, ...request.messages];
    await collect(open().generate({ ...request, messages }, signal));
    expect(server.requests[0]?.body.messages).toEqual(messages);
  });

  it('says who answered and what it took, as the provider reports it', async () => {
    server.script({
      parts: ['Yes', '.'],
      model: 'gpt-test-2026-01-31',
      usage: { prompt: 123, completion: 45 },
    });
    expect((await ask()).at(-1)).toEqual({
      kind: 'ended',
      finishReason: 'stop',
      usage: { promptTokens: 123, completionTokens: 45 },
      respondedBy: 'gpt-test-2026-01-31',
    });
  });

  it.each(['length', 'content_filter'] as const)('tells of an end by %s', async (reason) => {
    server.script({ parts: ['Half'], end: { kind: 'finish', reason } });
    expect((await ask()).at(-1)).toMatchObject({ kind: 'ended', finishReason: reason });
  });

  it('gives the refusal marker as it is', async () => {
    server.script({ parts: [NO_ANSWER] });
    expect(textOf(await ask())).toBe(NO_ANSWER);
  });

  it.each([
    [400, 'upstream_rejected', false],
    [401, 'upstream_rejected', false],
    [403, 'upstream_rejected', false],
    [404, 'upstream_rejected', false],
    [408, 'upstream_unavailable', true],
    [422, 'upstream_rejected', false],
    [429, 'rate_limited', true],
    [500, 'upstream_unavailable', true],
    [503, 'upstream_unavailable', true],
  ] as const)('turns status %i into %s', async (status, code, retryable) => {
    server.script(trouble(status));
    const failure = await failureOf();
    expect(failure).toMatchObject({ code, retryable });
    expect(failure.message).toContain('openai:gpt-test');
    expect(failure.message).not.toContain(KEY);
  });

  it('does not call a used-up quota a matter of time', async () => {
    server.script(trouble(429, 'insufficient_quota'));
    expect(await failureOf({ retriesMax: 3 })).toMatchObject({ code: 'upstream_rejected' });
    expect(server.requests).toHaveLength(1);
  });

  it('names a prompt that is too long', async () => {
    server.script(trouble(400, 'context_length_exceeded'));
    const failure = await failureOf();
    expect(failure.code).toBe('upstream_rejected');
    expect(failure.message).toContain('prompt of this length');
  });

  it('refuses with the remedy when nothing listens', async () => {
    await server.close();
    expect(await failureOf()).toMatchObject({ code: 'upstream_unavailable', retryable: true });
    server = await startOpenAiServer();
  });
});

describe('streams that do not end well', () => {
  it.each(['tear', 'cut', 'error', 'garbage'] as const)('fails by %s', async (kind) => {
    server.script({ parts: ['The archive'], end: { kind, message: 'overloaded' } });
    const seen: string[] = [];
    const reading = (async () => {
      for await (const event of open({ retriesMax: 2 }).generate(request, signal)) {
        seen.push(event.kind === 'text' ? event.text : event.kind);
      }
    })();
    expect(await rejection(reading)).toMatchObject({
      code: 'upstream_unavailable',
      retryable: true,
    });
    // What was given cannot be taken back, so a broken stream is not tried again.
    expect(seen).toEqual(['The archive']);
    expect(server.requests).toHaveLength(1);
  });

  it('gives up on a silent provider, and hangs up', async () => {
    server.script({ parts: ['The'], end: { kind: 'silence' } });
    const events = open({ timeoutMs: 5_000 }).generate(request, signal)[Symbol.asyncIterator]();
    expect(await events.next()).toMatchObject({ value: { text: 'The' } });
    const failing = rejection(events.next());
    await clock.whenSleeping((ms) => ms === 5_000);
    await clock.advance(5_000);
    expect(await failing).toMatchObject({ code: 'upstream_unavailable', retryable: true });
    expect(await server.requests[0]?.left).toBe(true);
  });

  it('ends the generation upstream on an abort', async () => {
    server.script({ parts: ['The'], end: { kind: 'silence' } });
    const controller = new AbortController();
    const events = open().generate(request, controller.signal)[Symbol.asyncIterator]();
    await events.next();
    const failing = rejection(events.next());
    controller.abort();
    expect(toAppError(await failing).code).toBe('cancelled');
    expect(await server.requests[0]?.left).toBe(true);
  });

  it('ends the generation upstream when its reader walks away', async () => {
    server.script({ parts: ['The'], end: { kind: 'silence' } });
    for await (const event of open().generate(request, signal)) if (event.kind === 'text') break;
    expect(await server.requests[0]?.left).toBe(true);
  });
});

describe('retries', () => {
  beforeEach(() => {
    clock = createFakeClock({ mode: 'auto' });
  });
  // An automatic clock would end every deadline at once; these are only about the pauses.
  const patient = () => ({
    ...clock,
    sleep: (ms: number, either: AbortSignal) =>
      ms === 60_000 ? new Promise<void>(() => {}) : clock.sleep(ms, either),
  });

  it('asks again for what may pass, longer apart each time', async () => {
    server.script(trouble(500), trouble(429), { parts: ['At last'] });
    expect(textOf(await ask({ retriesMax: 2, clock: patient() }))).toBe('At last');
    expect(clock.sleeps).toEqual([500, 1_000]);
  });

  it('waits as long as the provider wishes', async () => {
    server.script(trouble(429, null, { 'retry-after': '7' }), { parts: ['At last'] });
    expect(textOf(await ask({ retriesMax: 1, clock: patient() }))).toBe('At last');
    expect(clock.sleeps).toEqual([7_000]);
  });

  it('leaves a long wait to the caller', async () => {
    server.script(trouble(429, null, { 'retry-after': '3600' }));
    const failure = await failureOf({ retriesMax: 5, clock: patient() });
    expect(failure).toMatchObject({ code: 'rate_limited', retryable: true });
    expect(server.requests).toHaveLength(1);
  });

  it('stops after its retries, with the last error', async () => {
    server.script(trouble(500), trouble(503), trouble(500));
    expect((await failureOf({ retriesMax: 2, clock: patient() })).message).toContain('500');
    expect(server.requests).toHaveLength(3);
  });

  it('does not repeat what was refused', async () => {
    server.script(trouble(400));
    expect(await failureOf({ retriesMax: 5, clock: patient() })).toBeInstanceOf(AppError);
    expect(server.requests).toHaveLength(1);
  });
});
