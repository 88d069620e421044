import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collect, rejection } from './collect.ts';
import { type OpenAiServer, startOpenAiServer } from './openai-server.ts';

/** The vendor's own client reads every answer, so that the fake is known to speak the API. */
describe('the fake OpenAI server, asked by the openai client', () => {
  let server: OpenAiServer;
  let client: OpenAI;
  const ask = { model: 'gpt-test', messages: [{ role: 'user' as const, content: 'Hi' }] };

  beforeEach(async () => {
    server = await startOpenAiServer({ apiKey: 'sk-test', models: ['gpt-test'] });
    client = new OpenAI({
      baseURL: server.baseUrl,
      apiKey: 'sk-test',
      maxRetries: 0,
      logLevel: 'off',
    });
  });
  afterEach(() => server.close());

  it('completes a chat', async () => {
    server.script({ parts: ['Good', ' day'], model: 'gpt-test-2026' });
    const completion = await client.chat.completions.create(ask);
    expect(completion.choices[0]?.message.content).toBe('Good day');
    expect(completion.choices[0]?.finish_reason).toBe('stop');
    expect(completion.model).toBe('gpt-test-2026');
    expect(completion.usage?.total_tokens).toBe(13);
  });

  it('streams the same, with usage in a last chunk without choices when asked', async () => {
    server.script({
      parts: ['Good', ' day'],
      end: { kind: 'finish', reason: 'length' },
      usage: { prompt: 5, completion: 2 },
    });
    const stream = await client.chat.completions.create({
      ...ask,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = await collect(stream);
    const texts = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '');
    expect(texts.join('')).toBe('Good day');
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('length');
    expect(chunks.at(-1)?.choices).toEqual([]);
    expect(chunks.at(-1)?.usage?.prompt_tokens).toBe(5);
  });

  it('sends no usage chunk unasked', async () => {
    const stream = await client.chat.completions.create({ ...ask, stream: true });
    const chunks = await collect(stream);
    expect(chunks.every(({ choices }) => choices.length === 1)).toBe(true);
  });

  it.each([
    ['error' as const, OpenAI.APIError],
    ['garbage' as const, SyntaxError],
    ['tear' as const, Error],
  ])('breaks a stream by %s', async (kind, type) => {
    server.script({ parts: ['Good'], end: { kind, message: 'overloaded' } });
    const stream = await client.chat.completions.create({ ...ask, stream: true });
    const seen: string[] = [];
    const reading = (async () => {
      for await (const chunk of stream) seen.push(chunk.choices[0]?.delta.content ?? '');
    })();
    await expect(reading).rejects.toBeInstanceOf(type);
    expect(seen.join('')).toBe('Good');
  });

  it('notices that a client left', async () => {
    server.script({ parts: ['Good'], end: { kind: 'silence' } });
    const stream = await client.chat.completions.create({ ...ask, stream: true });
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
    expect(await server.requests[0]?.left).toBe(true);
  });

  it('refuses a wrong key, an unknown model and a missing message with all four keys', async () => {
    const wrong = new OpenAI({ baseURL: server.baseUrl, apiKey: 'sk-no', maxRetries: 0 });
    await expect(wrong.models.list()).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
    await expect(client.chat.completions.create({ ...ask, model: 'gpt-0' })).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
      param: null,
    });
    await expect(client.chat.completions.create({ ...ask, messages: [] })).rejects.toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      param: 'messages',
    });
  });

  it('gives scripted errors', async () => {
    server.script({
      status: 429,
      error: { message: 'slow down', type: 'requests', code: 'rate_limit_exceeded' },
      headers: { 'retry-after': '3' },
    });
    const failure = await rejection(client.chat.completions.create(ask));
    expect(failure).toBeInstanceOf(OpenAI.RateLimitError);
    expect(
      (failure as InstanceType<typeof OpenAI.RateLimitError>).headers?.get('retry-after'),
    ).toBe('3');
  });

  it('lists models, and embeds as base64 and as floats alike', async () => {
    expect((await client.models.list()).data.map(({ id }) => id)).toEqual(['gpt-test']);
    const input = ['one text', 'another text'];
    const packed = await client.embeddings.create({ model: 'e', input });
    const plain = await client.embeddings.create({ model: 'e', input, encoding_format: 'float' });
    expect(server.requests.at(-2)?.body.encoding_format).toBe('base64');
    expect(packed.data[0]?.embedding).toHaveLength(8);
    for (const [index, { embedding }] of plain.data.entries()) {
      expect(packed.data[index]?.embedding).toEqual(embedding);
    }
  });
});
