import { describe, expect, it } from 'vitest';
import { AppError } from '#domain/errors.ts';
import { completionSchema } from '#http/routes/chat-completions.ts';
import { annotationSchema, lockstepSchema, usageSchema } from '#http/wire.ts';
import { ANSWER, NO_CONTEXT } from '../told-answerer.ts';
import { ask, createWorld, post } from '../world.ts';

const CHAT = '/v1/chat/completions';

describe('a whole answer', () => {
  it('is a completion with its provenance', async () => {
    const { app, answerer, pairing } = await createWorld();
    const response = await app.request(CHAT, post(ask({ lockstep: { epoch: 7 } })));
    const completion = completionSchema.parse(await response.json());
    expect(completion).toMatchObject({
      created: Date.parse('2026-01-02T03:04:05Z') / 1_000,
      model: 'production',
      system_fingerprint: pairing.id,
      usage: { prompt_tokens: 30, completion_tokens: 7, total_tokens: 37 },
      lockstep: {
        kind: 'answered',
        pairing: pairing.id,
        channel: 'production',
        view: 'posts@v1',
        epoch: 7,
        responded_by: 'told-2026',
        citations: [{ number: 1, point_id: 'point-1', verbatim: true }],
        hits: [{ number: 1, point_id: 'point-1', score: 0.75, sparse_rank: null }],
      },
    });
    expect(completion.id).toBe(`chatcmpl-${completion.lockstep.answer_id}`);
    const [choice] = completion.choices;
    expect(choice).toMatchObject({ finish_reason: 'stop', message: { content: ANSWER } });
    const [annotation] = choice?.message.annotations ?? [];
    const { start_index = 0, end_index = 0, url } = annotation?.url_citation ?? {};
    expect(ANSWER.slice(start_index, end_index)).toBe('Run `lockstep rollback`');
    expect(url).toBe('https://blog.example/rollback');
    expect(answerer.questions).toHaveLength(1);
  });

  it('says so when the posts do not answer', async () => {
    const { app } = await createWorld({ tell: async function* () {} });
    const response = await app.request(CHAT, post(ask()));
    const completion = completionSchema.parse(await response.json());
    expect(completion.lockstep).toMatchObject({ kind: 'no_context', citations: [], hits: [] });
    expect(completion.choices[0]?.message).toMatchObject({ content: NO_CONTEXT, annotations: [] });
  });

  it('speaks of the fields that the caller sent', async () => {
    const failing = (param: string) =>
      createWorld({
        // biome-ignore lint/correctness/useYield: it breaks before it says anything
        tell: async function* () {
          throw new AppError('text_too_long', 'too long', { param });
        },
      });
    for (const [param, field] of [
      ['question', 'messages'],
      ['epoch', 'lockstep.epoch'],
    ] as const) {
      const { app } = await failing(param);
      const response = await app.request(CHAT, post(ask()));
      expect(await response.json()).toMatchObject({ error: { param: field } });
    }
  });

  it('refuses what the pairing pins otherwise, before anybody is asked', async () => {
    const { app, answerer } = await createWorld();
    const response = await app.request(CHAT, post(ask({ temperature: 0.7 })));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { param: 'temperature' } });
    expect(answerer.questions).toEqual([]);
    expect((await app.request(CHAT, post(ask({ temperature: 0 })))).status).toBe(200);
  });

  it('stops when the client leaves', async () => {
    const { app, answerer } = await createWorld({
      tell: async function* (_question, signal) {
        await new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        });
      },
    });
    const client = new AbortController();
    const response = app.request(CHAT, { ...post(ask()), signal: client.signal });
    while (answerer.questions.length === 0) await new Promise((done) => setImmediate(done));
    client.abort('gone');
    expect((await response).status).toBe(499);
    expect(answerer.left()).toBe(1);
  });
});

type Chunk = {
  readonly choices: readonly {
    readonly delta: Readonly<Record<string, unknown>>;
    readonly finish_reason: string | null;
  }[];
  readonly usage?: object | null;
  readonly lockstep?: object;
};

async function streamed(extra: object = {}): Promise<readonly (Chunk | '[DONE]')[]> {
  const { app } = await createWorld();
  const response = await app.request(CHAT, post(ask({ stream: true, ...extra })));
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(response.headers.get('x-accel-buffering')).toBe('no');
  const events = (await response.text()).split('\n\n').filter((event) => event !== '');
  return events.map((event) => {
    const text = event.slice('data: '.length);
    return text === '[DONE]' ? text : (JSON.parse(text) as Chunk);
  });
}

describe('a streamed answer', () => {
  it('is role, words, provenance, done', async () => {
    const events = await streamed();
    const chunks = events.filter((event) => event !== '[DONE]');
    expect(events.at(-1)).toBe('[DONE]');
    expect(chunks[0]?.choices[0]?.delta).toEqual({ role: 'assistant', content: '', refusal: null });
    const words = chunks.slice(1, -1).map(({ choices }) => choices[0]?.delta.content);
    expect(words.length).toBeGreaterThan(1);
    expect(words.join('')).toBe(ANSWER);
    const last = chunks.at(-1);
    expect(last?.choices[0]?.finish_reason).toBe('stop');
    const { annotations } = last?.choices[0]?.delta ?? {};
    expect(annotationSchema.array().length(1).parse(annotations)).toHaveLength(1);
    expect(lockstepSchema.parse(last?.lockstep).kind).toBe('answered');
    expect(chunks.every((chunk) => !('usage' in chunk))).toBe(true);
    expect(chunks.filter(({ choices }) => choices[0]?.finish_reason !== null)).toEqual([last]);
  });

  it('ends with its usage when that is asked for', async () => {
    const events = await streamed({ stream_options: { include_usage: true } });
    const chunks = events.filter((event) => event !== '[DONE]');
    expect(chunks.at(-1)?.choices).toEqual([]);
    expect(usageSchema.parse(chunks.at(-1)?.usage).total_tokens).toBe(37);
    expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
  });
});
