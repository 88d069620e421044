import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AppError } from '#domain/errors.ts';
import type { HttpEnv } from '#http/deps.ts';
import { readJson } from '#http/read-json.ts';

const BYTES_MAX = 64;
const schema = z.strictObject({ word: z.string(), list: z.array(z.int()).optional() });

/** What reading a request comes to: the value, or the error's code and param. */
async function read(init: RequestInit): Promise<unknown> {
  const app = new Hono<HttpEnv>();
  app.post('/', async (c) => c.json(await readJson(c, schema, BYTES_MAX)));
  app.onError((thrown, c) => {
    if (!(thrown instanceof AppError)) throw thrown;
    return c.json([thrown.code, thrown.param]);
  });
  const response = await app.request('/', { method: 'POST', ...init });
  return response.json();
}

const json = { 'content-type': 'application/json' };
const streamOf = (...chunks: readonly string[]) =>
  new ReadableStream<Uint8Array>({
    start(sink) {
      for (const chunk of chunks) sink.enqueue(new TextEncoder().encode(chunk));
      sink.close();
    },
  });

describe('readJson', () => {
  it.each(['application/json', 'application/json; charset=utf-8', 'Application/LD+JSON'])(
    'reads %s',
    async (type) => {
      const init = { headers: { 'content-type': type }, body: '{"word":"né"}' };
      expect(await read(init)).toEqual({ word: 'né' });
    },
  );

  it.each([
    [{ 'content-type': 'text/plain' }],
    [{ 'content-type': 'application/x-www-form-urlencoded' }],
    [{}],
  ])('reads no %j, which a form could send', async (headers) => {
    const body = new TextEncoder().encode('{"word":"a"}');
    expect(await read({ headers, body })).toEqual(['unsupported_type', null]);
  });

  it('reads a body in pieces, up to the cap and no further', async () => {
    const pieces = (size: number) => ['{"word":"', 'a'.repeat(size - 11), '"}'];
    const init = (size: number) =>
      ({ headers: json, body: streamOf(...pieces(size)), duplex: 'half' }) as RequestInit;
    expect(await read(init(BYTES_MAX))).toEqual({ word: 'a'.repeat(BYTES_MAX - 11) });
    expect(await read(init(BYTES_MAX + 1))).toEqual(['too_large', null]);
  });

  it('refuses a body by its declared length, before it is read', async () => {
    const body = new ReadableStream({
      pull() {
        throw new Error('read all the same');
      },
    });
    const headers = { ...json, 'content-length': String(BYTES_MAX + 1) };
    const init = { headers, body, duplex: 'half' } as RequestInit;
    expect(await read(init)).toEqual(['too_large', null]);
  });

  it.each([
    ['no JSON', '{"word":', null],
    ['nothing', '', null],
    ['no object', '"word"', null],
    ['another type', '{"word":1}', 'word'],
    ['a field inside', '{"word":"a","list":[1,"b"]}', 'list[1]'],
    ['an unknown field', '{"word":"a","wrod":1}', 'wrod'],
  ])('refuses %s', async (_what, body, param) => {
    expect(await read({ headers: json, body })).toEqual(['invalid_input', param]);
  });

  it('refuses what is not UTF-8 instead of reading another text', async () => {
    const body = Buffer.from('{"word":"\xe9"}', 'latin1');
    expect(await read({ headers: json, body })).toEqual(['invalid_input', null]);
  });
});
