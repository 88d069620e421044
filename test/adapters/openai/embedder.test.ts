import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createOpenAiEmbedder,
  type OpenAiEmbedderOptions,
  planRequests,
} from '#adapters/openai/embedder.ts';
import { bertTokenizer, vocabularyOf } from '../../../scripts/onnx/bert-folder.ts';
import { embedderContract } from '../../contracts/embedder.ts';
import { createFakeClock, type FakeClock } from '../../fakes/clock.ts';
import { collect, rejection } from '../../fakes/collect.ts';
import type { EmbeddingBody } from '../../fakes/openai-embeddings.ts';
import { type OpenAiServer, startOpenAiServer } from '../../fakes/openai-server.ts';
import { modelFolder } from '../static-embedder/model-folder.ts';

const signal = new AbortController().signal;
const MODEL = 'text-embedding-3-small';
const DIMENSION = 16;
let server: OpenAiServer;
let clock: FakeClock;

type Options = Partial<OpenAiEmbedderOptions>;
const openAt = (baseUrl: string, options: Options) =>
  createOpenAiEmbedder(
    {
      baseUrl,
      apiKey: 'sk-test',
      model: MODEL,
      timeoutMs: 30_000,
      retriesMax: 3,
      clock: createFakeClock({ mode: 'auto' }),
      random: () => 0,
      ...options,
    },
    signal,
  );

beforeEach(async () => {
  server = await startOpenAiServer({ apiKey: 'sk-test', dimension: DIMENSION });
  clock = createFakeClock({ mode: 'auto' });
});
afterEach(() => server.close());

const open = (options: Options = {}) => openAt(server.baseUrl, { clock, ...options });
/** Without the request that asks what the model is. */
const ready = { dimensions: DIMENSION, revision: MODEL } as const;
const inputs = () => server.requests.map(({ body }) => body.input);

describe('openai embedder', () => {
  // One server for all cases: the contract opens its embedder once.
  const starting = startOpenAiServer({ dimension: DIMENSION });
  afterAll(async () => (await starting).close());
  const atOwn = async () =>
    openAt((await starting).baseUrl, { apiKey: null, batch: { textsMax: 7 } });
  embedderContract({ make: atOwn, again: atOwn, knows: 'letters' });
});

describe('the spec of an openai embedder', () => {
  it('is what the server says', async () => {
    server.scriptEmbeddings({ change: (answer) => ({ ...answer, model: `${MODEL}-2026` }) });
    const { spec, dollarsPerMillionTokens } = await open();
    expect(spec).toEqual({
      provider: 'openai',
      model: MODEL,
      revision: `${MODEL}-2026`,
      dimension: DIMENSION,
      pooling: 'provider',
      normalisation: 'l2',
      queryPrefix: '',
      documentPrefix: '',
      tokensMax: 8_191,
      tokenizer: 'cl100k_base',
    });
    expect(dollarsPerMillionTokens).toBe(0.02);
    expect(inputs()).toEqual([['lockstep']]);
  });

  it('is asked for only where it is not given', async () => {
    expect((await open(ready)).spec).toMatchObject({ dimension: DIMENSION, revision: MODEL });
    expect(inputs()).toEqual([]);
    await open({ dimensions: 4 });
    expect(server.requests[0]?.body).toMatchObject({ dimensions: 4, encoding_format: 'base64' });
  });

  it('counts bytes for a model whose tokenizer is not known', async () => {
    const { spec, countTokens, embed } = await open({
      ...ready,
      model: 'bge-m3',
      revision: 'bge-m3',
    });
    expect(spec).toMatchObject({ tokensMax: 510, tokenizer: 'utf8-bytes' });
    expect(countTokens('né')).toBe(3);
    expect(await embed(['x'.repeat(510)], 'query', signal)).toHaveLength(1);
    const refused = await rejection(embed(['x', 'x'.repeat(511)], 'query', signal));
    expect(refused).toMatchObject({
      code: 'text_too_long',
      message: expect.stringMatching(/text 1 /),
    });
  });

  it('counts with the tokenizer that is given', async () => {
    const folder = await modelFolder({});
    const tokenizerFile = join(folder, 'their-tokenizer.json');
    writeFileSync(tokenizerFile, JSON.stringify(bertTokenizer(vocabularyOf(['index']))));
    const own = { ...ready, model: 'bge-m3', revision: 'bge-m3', tokenizerFile, tokensMax: 512 };
    const { spec, countTokens } = await open(own);
    expect(countTokens('index index')).toBe(2);
    expect(spec.tokensMax).toBe(510);
    expect(spec.tokenizer).toMatch(/^[0-9a-f]{64}$/);
    expect(await rejection(open({ ...own, tokenizerFile: folder }))).toMatchObject({
      code: 'invalid_input',
    });
  });
});

describe('requests of an openai embedder', () => {
  it('are as full as they may be, by texts and by tokens', async () => {
    const { embed, usage } = await open({ ...ready, batch: { textsMax: 3, tokensMax: 10 } });
    await embed(['a', 'b', 'c', 'd', 'one two three four five six seven', 'e'], 'query', signal);
    expect(inputs()).toEqual([
      ['a', 'b', 'c'],
      ['d', 'one two three four five six seven', 'e'],
    ]);
    expect(usage()).toEqual({ requests: 2, tokens: 12, repeats: 0 });
    const limits = { textsMax: 10, tokensMax: 5 };
    const plan = planRequests(['a', 'b', '', 'c'], [5, 9, 0, 1], limits);
    expect(plan.map(({ positions }) => positions)).toEqual([[0], [1], [3]]);
  });

  it('leave out what has nothing to embed', async () => {
    const { embed } = await open(ready);
    const [blank, word] = await embed([' \n', 'word'], 'query', signal);
    expect(blank).toEqual(new Float32Array(DIMENSION));
    expect(word).not.toEqual(blank);
    expect(inputs()).toEqual([['word']]);
  });

  it('carry prefixes, and one key for one content', async () => {
    const { embed } = await open({ ...ready, queryPrefix: 'q: ', documentPrefix: 'd: ' });
    await embed(['x'], 'query', signal);
    await embed(['x'], 'document', signal);
    await embed(['x'], 'query', signal);
    expect(inputs()).toEqual([['q: x'], ['d: x'], ['q: x']]);
    const keys = server.requests.map(({ headers }) => headers['idempotency-key']);
    expect(keys[0]).toBe(keys[2]);
    expect(keys[0]).not.toBe(keys[1]);
  });

  it('are a few at a time', async () => {
    const gate = Promise.withResolvers<void>();
    server.scriptEmbeddings({ until: gate.promise }, { until: gate.promise });
    const { embed } = await open({ ...ready, batch: { textsMax: 1, concurrencyMax: 2 } });
    const embedding = embed(['a', 'b', 'c'], 'query', signal);
    while (server.requests.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(server.requests).toHaveLength(2);
    gate.resolve();
    expect(await embedding).toHaveLength(3);
  });
});

describe('answers to an openai embedder', () => {
  const first = (answer: EmbeddingBody) => answer.data[0] ?? { index: 0, embedding: '' };

  it('may come in any order, as numbers, and of any length', async () => {
    const { embed } = await open(ready);
    const texts = ['one', 'two', 'three'];
    const expected = await embed(texts, 'query', signal);
    const asNumbers = (entry: EmbeddingBody['data'][number]) => {
      const bytes = Uint8Array.from(Buffer.from(String(entry.embedding), 'base64'));
      return { ...entry, embedding: [...new Float32Array(bytes.buffer)].map((value) => 3 * value) };
    };
    server.scriptEmbeddings({
      change: (answer) => ({ ...answer, data: answer.data.map(asNumbers).toReversed() }),
    });
    const given = await embed(texts, 'query', signal);
    for (const [at, vector] of given.entries()) {
      for (const [d, value] of vector.entries())
        expect(value).toBeCloseTo(expected[at]?.[d] ?? 9, 6);
    }
  });

  it.each<[string, (answer: EmbeddingBody) => object]>([
    ['too few vectors', (answer) => ({ ...answer, data: answer.data.slice(1) })],
    ['no vectors', ({ model }) => ({ model })],
    ['one index twice', (answer) => ({ ...answer, data: answer.data.map(() => first(answer)) })],
    [
      'an index from nowhere',
      (answer) => ({
        ...answer,
        data: answer.data.map((one) => ({ ...one, index: one.index + 1 })),
      }),
    ],
    [
      'another length',
      (answer) => ({ ...answer, data: answer.data.map((one) => ({ ...one, embedding: [1, 2] })) }),
    ],
    [
      'what is no number',
      (answer) => ({
        ...answer,
        data: answer.data.map((one) => ({ ...one, embedding: Array(DIMENSION).fill(null) })),
      }),
    ],
    [
      'NaN in base64',
      (answer) => ({
        ...answer,
        data: answer.data.map((one) => ({
          ...one,
          embedding: Buffer.from(new Float32Array(DIMENSION).fill(Number.NaN).buffer).toString(
            'base64',
          ),
        })),
      }),
    ],
    [
      'broken base64',
      (answer) => ({ ...answer, data: answer.data.map((one) => ({ ...one, embedding: '***' })) }),
    ],
  ])('are refused with %s, and not paid for again', async (_, change) => {
    server.scriptEmbeddings({ change });
    const { embed } = await open(ready);
    const refused = await rejection(embed(['one', 'two'], 'query', signal));
    expect(refused).toMatchObject({ code: 'upstream_rejected', retryable: false });
    expect(server.requests).toHaveLength(1);
  });

  it('of another model than before are refused', async () => {
    const { embed } = await open();
    server.scriptEmbeddings({ change: (answer) => ({ ...answer, model: 'other' }) });
    const refused = await rejection(embed(['one'], 'query', signal));
    expect(refused).toMatchObject({ code: 'embedding_space_mismatch' });
  });
});

describe('an openai embedder in trouble', () => {
  const error = (status: number, headers: Record<string, string> = {}) => ({
    status,
    error: { message: 'no', type: 'x' },
    headers,
  });
  const small = { ...ready, batch: { textsMax: 1, concurrencyMax: 1 } } as const;

  it('repeats only the request that failed, after as long as it is asked to', async () => {
    server.scriptEmbeddings({}, error(429, { 'retry-after': '7' }), error(503));
    const { embed, usage } = await open(small);
    expect(await embed(['a', 'b', 'c'], 'query', signal)).toHaveLength(3);
    expect(inputs()).toEqual([['a'], ['b'], ['b'], ['b'], ['c']]);
    expect(clock.sleeps).toEqual([7_000, 1_000]);
    expect(usage()).toEqual({ requests: 5, tokens: 3, repeats: 0 });
  });

  it('keeps within the limits that answers tell', async () => {
    const headers = {
      'x-ratelimit-limit-requests': '10',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '20s',
    };
    server.scriptEmbeddings({ headers });
    const { embed } = await open(small);
    await embed(['a', 'b'], 'query', signal);
    expect(clock.sleeps).toEqual([2_000]);
  });

  it('asks once more for an answer that was lost, with the same key, and then gives up', async () => {
    server.scriptEmbeddings({ end: 'tear' });
    const { embed, usage } = await open(small);
    await embed(['a'], 'query', signal);
    expect(usage()).toMatchObject({ requests: 2, repeats: 1 });
    const [lost, again] = server.requests.map(({ headers }) => headers['idempotency-key']);
    expect(lost).toBe(again);
    server.scriptEmbeddings({ end: 'tear' }, { end: 'tear' });
    expect(await rejection(embed(['b'], 'query', signal))).toMatchObject({
      code: 'upstream_unavailable',
      retryable: true,
    });
    expect(server.requests).toHaveLength(4);
  });

  it('gives up on silence', async () => {
    server.scriptEmbeddings({ end: 'silence' }, { end: 'silence' });
    const { embed } = await open({ ...small, timeoutMs: 50 });
    expect(await rejection(embed(['a'], 'query', signal))).toMatchObject({
      code: 'upstream_unavailable',
      retryable: true,
    });
  });

  it('tries for as long as a server is away', async () => {
    await server.close();
    const refused = await rejection(open());
    expect(refused).toMatchObject({ code: 'upstream_unavailable', retryable: true });
    expect(clock.sleeps).toEqual([500, 1_000, 2_000]);
  });

  it.each([
    [error(401), 'upstream_rejected'],
    [error(400), 'upstream_rejected'],
    [
      { ...error(429), error: { message: 'no', type: 'x', code: 'insufficient_quota' } },
      'upstream_rejected',
    ],
    [error(429, { 'retry-after': '3600' }), 'rate_limited'],
  ])('does not repeat what will not pass (%j)', async (script, code) => {
    server.scriptEmbeddings(script);
    const { embed } = await open(small);
    expect(await rejection(embed(['a', 'b'], 'query', signal))).toMatchObject({ code });
    expect(server.requests).toHaveLength(1);
  });

  it('gives what was answered before it fails', async () => {
    server.scriptEmbeddings({}, error(400));
    const { embedEach } = await open(small);
    const given: number[] = [];
    const all = async () => {
      for await (const { positions } of embedEach(['a', 'b', 'c'], 'query', signal)) {
        given.push(...positions);
      }
    };
    expect(await rejection(all())).toMatchObject({ code: 'upstream_rejected' });
    expect(given).toEqual([0]);
  });

  it('leaves when it is told to', async () => {
    server.scriptEmbeddings({ end: 'silence' });
    const { embedEach } = await open(small);
    const leave = new AbortController();
    const embedding = rejection(collect(embedEach(['a'], 'query', leave.signal)));
    while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    leave.abort(new Error('enough'));
    expect(String(await embedding)).toContain('enough');
    expect(await server.requests[0]?.left).toBe(true);
  });

  it('never says its key', async () => {
    server.scriptEmbeddings({ status: 400, error: { message: 'bad key sk-test', type: 'x' } });
    const { embed } = await open(small);
    expect(String(await rejection(embed(['a'], 'query', signal)))).not.toContain('sk-test');
  });
});
