import OpenAI from 'openai';
import { afterEach, describe, expect, it } from 'vitest';
import { AppError, type ErrorCode } from '#domain/errors.ts';
import { startServer } from '#http/server.ts';
import { createFakeChat } from '../fakes/chat-model.ts';
import { collect, rejection } from '../fakes/collect.ts';
import { createWorld as createIndexed, type Post } from '../inference/world.ts';
import { ANSWER } from './told-answerer.ts';
import { createWorld, type WorldOptions } from './world.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A real server on a free port, a real client of it, and how many requests the server got. */
async function connectClient(options: WorldOptions = {}, apiKey = 'none') {
  const world = await createWorld(options);
  let requests = 0;
  const app = {
    fetch: (request: Request, bindings: object) => {
      requests += 1;
      return world.app.fetch(request, bindings);
    },
  };
  const shutdown = new AbortController();
  const server = await startServer({
    app,
    host: '127.0.0.1',
    port: 0,
    drainMs: 0,
    signal: shutdown.signal,
    log: world.log,
  });
  closing.push(server.close);
  const baseURL = `${server.origin}/v1`;
  const client = new OpenAI({ baseURL, apiKey, maxRetries: 2 });
  return { ...world, client, requests: () => requests };
}

const question = {
  model: 'production',
  messages: [{ role: 'user', content: 'How do I roll back?' }],
} satisfies OpenAI.ChatCompletionCreateParamsNonStreaming;

describe('chat', () => {
  it('answers whole', async () => {
    const { client, pairing } = await connectClient();
    const completion = await client.chat.completions.create(question);
    const [choice] = completion.choices;
    expect(choice?.message.content).toBe(ANSWER);
    expect(choice?.finish_reason).toBe('stop');
    expect(choice?.message.annotations?.[0]?.url_citation.url).toBe(
      'https://blog.example/rollback',
    );
    expect(completion.system_fingerprint).toBe(pairing.id);
    expect(completion.usage?.total_tokens).toBe(37);
    expect(completion).toMatchObject({ lockstep: { epoch: 42, channel: 'production' } });
    expect(completion._request_id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('answers a pairing by its id, at an older epoch', async () => {
    const { client, pairing } = await connectClient();
    const asked = { ...question, model: pairing.id, lockstep: { epoch: 7 } };
    const completion = await client.chat.completions.create(asked);
    expect(completion).toMatchObject({ model: pairing.id, lockstep: { epoch: 7, channel: null } });
  });

  it('answers in a stream', async () => {
    const { client } = await connectClient();
    const stream = await client.chat.completions.create({ ...question, stream: true });
    const chunks = await collect(stream);
    const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('');
    expect(text).toBe(ANSWER);
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('stop');
    expect(chunks.every(({ usage }) => usage === undefined)).toBe(true);
  });

  it('ends a stream with its usage when that is asked for', async () => {
    const { client } = await connectClient();
    const stream = await client.chat.completions.create({
      ...question,
      stream: true,
      stream_options: { include_usage: true },
    });
    const last = (await collect(stream)).at(-1);
    expect(last).toMatchObject({ choices: [], usage: { prompt_tokens: 30, total_tokens: 37 } });
  });

  it('streams into the client’s own helper, citations included', async () => {
    const { client } = await connectClient();
    const completion = await client.chat.completions.stream(question).finalChatCompletion();
    expect(completion.choices[0]?.message).toMatchObject({
      content: ANSWER,
      annotations: [{ type: 'url_citation' }],
    });
  });

  it('ends the generation when the client stops reading', async () => {
    const { client, answerer } = await connectClient({
      tell: async function* (_question, signal) {
        yield 'first ';
        await new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        });
      },
    });
    const stream = await client.chat.completions.create({ ...question, stream: true });
    for await (const chunk of stream) {
      expect(chunk.choices[0]?.delta.role).toBe('assistant');
      break;
    }
    await answerer.whenLeft(1);
  });

  it('throws what broke a stream off, and does not ask again', async () => {
    const { client, requests } = await connectClient({
      tell: async function* () {
        yield 'first ';
        throw new AppError('upstream_unavailable', 'the model broke off', { retryable: true });
      },
    });
    const stream = await client.chat.completions.create({ ...question, stream: true });
    const thrown = await rejection(collect(stream));
    expect(thrown).toBeInstanceOf(OpenAI.APIError);
    expect(thrown).toMatchObject({ code: 'upstream_unavailable', type: 'server_error' });
    expect(requests()).toBe(1);
  });

  it('takes its own answer back as history', async () => {
    const { client, answerer } = await connectClient();
    const completion = await client.chat.completions.create(question);
    const [choice] = completion.choices;
    if (choice === undefined) throw new Error('a completion has a choice');
    const messages = [...question.messages, choice.message, ...question.messages];
    await client.chat.completions.create({ ...question, messages });
    expect(answerer.questions.at(-1)?.history).toEqual([
      { role: 'user', content: 'How do I roll back?' },
      { role: 'assistant', content: ANSWER },
    ]);
  });
});

describe('embeddings', () => {
  it('come as the client asks for them by default, in base64', async () => {
    const { client } = await connectClient();
    const { data } = await client.embeddings.create({ model: 'production', input: ['ab', 'abc'] });
    expect(data.map(({ embedding }) => Array.from(embedding))).toEqual([
      [2, 0.5],
      [3, 0.5],
    ]);
  });

  it('come as floats', async () => {
    const { client } = await connectClient();
    const { data, usage } = await client.embeddings.create({
      model: 'production',
      input: 'ab',
      encoding_format: 'float',
    });
    expect(data[0]?.embedding).toEqual([2, 0.5]);
    expect(usage.total_tokens).toBe(3);
  });
});

it('lists and gets models', async () => {
  const { client, pairing } = await connectClient();
  const models = await collect(client.models.list());
  expect(models.map(({ id }) => id)).toEqual(['production', pairing.id]);
  expect((await client.models.retrieve('production')).owned_by).toBe('lockstep');
});

describe('errors', () => {
  it('carry status, code, param and the request’s id', async () => {
    const { client, requests } = await connectClient();
    const thrown = await rejection(
      client.chat.completions.create({ ...question, temperature: 0.7 }),
    );
    expect(thrown).toBeInstanceOf(OpenAI.BadRequestError);
    expect(thrown).toMatchObject({
      status: 400,
      code: 'invalid_input',
      param: 'temperature',
      type: 'invalid_request_error',
      requestID: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(requests()).toBe(1);
  });

  it('are the client’s own kinds', async () => {
    const { client } = await connectClient({ requireKey: true });
    expect(await rejection(client.models.list())).toBeInstanceOf(OpenAI.AuthenticationError);
    const open = await connectClient();
    const missing = await rejection(open.client.models.retrieve('canary'));
    expect(missing).toBeInstanceOf(OpenAI.NotFoundError);
    expect(missing).toMatchObject({ code: 'unknown_channel' });
  });

  it('end with the right key', async () => {
    const { client, keys } = await connectClient({ requireKey: true }, 'sesame');
    await keys.make('sesame');
    expect(await collect(client.models.list())).toHaveLength(2);
  });

  const failing = (code: ErrorCode, retryable: boolean) =>
    connectClient({
      // biome-ignore lint/correctness/useYield: it breaks before it says anything
      tell: async function* () {
        throw new AppError(code, 'broken', { retryable });
      },
    });

  it.each(['embedding_space_mismatch', 'history_broken', 'already_exists', 'internal'] as const)(
    'that stay are not asked again: %s',
    async (code) => {
      const { client, requests } = await failing(code, false);
      expect(await rejection(client.chat.completions.create(question))).toMatchObject({ code });
      expect(requests()).toBe(1);
    },
  );

  it.each([false, true])('that may pass are asked again, streamed: %s', async (stream) => {
    const { client, requests } = await failing('upstream_unavailable', true);
    const asked = client.chat.completions.create({ ...question, stream }, { maxRetries: 1 });
    expect(await rejection(asked)).toMatchObject({ status: 503, code: 'upstream_unavailable' });
    expect(requests()).toBe(2);
  });
});

describe('a filter', () => {
  const posts: readonly Post[] = [
    { slug: 'a', text: 'A rollback takes 52 seconds.', context: { tags: ['ops'], language: 'en' } },
    { slug: 'b', text: 'A rollback takes an hour.', context: { tags: ['old'], language: 'en' } },
  ];
  const connectIndexed = async () => {
    const chat = createFakeChat({ say: () => ['So it is [1].'] });
    const { answerer, recorded } = await createIndexed({ posts, chat });
    return { ...(await connectClient({ asking: answerer })), recorded };
  };
  const only = (filter: object) => ({ ...question, lockstep: { filter } });

  it('limits an answer, whole and streamed, and goes with it', async () => {
    const { client, recorded } = await connectIndexed();
    const asked = only({ tags: 'old', languages: ['en'] });
    const completion = await client.chat.completions.create(asked);
    const filter = { tags: ['old'], languages: ['en'] };
    expect(completion).toMatchObject({ lockstep: { filter, hits: [{ title: 'b', number: 1 }] } });
    const chunks = await collect(await client.chat.completions.create({ ...asked, stream: true }));
    expect(chunks.at(-1)).toMatchObject({ lockstep: { filter, hits: [{ title: 'b' }] } });
    expect(recorded.map(({ answer }) => answer.provenance.filter)).toEqual([filter, filter]);
  });

  it('limits a search, which tells how each hit was found', async () => {
    const { client } = await connectIndexed();
    const body = { model: 'production', query: 'rollback', filter: { tags: ['ops'] } };
    const found = await client.post('/search', { body });
    expect(found).toMatchObject({
      data: [{ title: 'a', fused_rank: 1, score: expect.any(Number), mmr: null }],
      lockstep: { retrieval: { searched_for: 'rollback', fusion: 'sum', dense: { points: 1 } } },
    });
  });

  it.each([
    [{ since: 'soon' }, 'since'],
    [{ since: '2026-02-01', until: '2026-01-01' }, 'since'],
    [{ languages: ['klingon'] }, 'languages'],
    [{ tags: [' '] }, 'tags'],
    [{ author: 'me' }, 'author'],
  ])('of %j is refused by the name that it was sent under', async (filter, name) => {
    const { client } = await connectIndexed();
    const asked = client.chat.completions.create(only(filter));
    const refused = { status: 400, code: 'invalid_input' };
    expect(await rejection(asked)).toMatchObject({ ...refused, param: `lockstep.filter.${name}` });
    const body = { model: 'production', query: 'rollback', filter };
    const searched = rejection(Promise.resolve(client.post('/search', { body })));
    expect(await searched).toMatchObject({ ...refused, param: `filter.${name}` });
  });
});
