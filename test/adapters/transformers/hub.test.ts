import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  loadTransformersEmbedder,
  type TransformersEmbedderOptions,
} from '#adapters/transformers/transformers-embedder.ts';
import { rejection } from '../../fakes/collect.ts';
import { tinyBertFolder } from '../../fakes/tiny-bert.ts';

const ID = 'someone/tiny-bert';
const signal = new AbortController().signal;

describe('a model from the hub', () => {
  const source = tinyBertFolder();
  let hub: Server;
  let hubUrl: string;
  let cacheFolder: string;
  let paths: string[];
  let status: (path: string) => number;

  beforeAll(async () => {
    hub = createServer((request, response) => {
      const path = request.url ?? '';
      paths.push(`${request.method} ${path} ${request.headers.authorization ?? ''}`.trim());
      const file = join(source, path.replace(`/${ID}/resolve/main/`, ''));
      const code = status(path);
      if (code !== 200) return response.writeHead(code).end();
      if (!existsSync(file)) return response.writeHead(404).end();
      const bytes = readFileSync(file);
      response.writeHead(200, { 'content-length': bytes.length });
      return response.end(request.method === 'HEAD' ? undefined : bytes);
    });
    await new Promise<void>((resolve) => hub.listen(0, '127.0.0.1', resolve));
    hubUrl = `http://127.0.0.1:${(hub.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    paths = [];
    status = () => 200;
    cacheFolder = mkdtempSync(join(tmpdir(), 'lockstep-hub-'));
  });
  afterAll(() => {
    hub.close();
    hub.closeAllConnections();
    rmSync(source, { recursive: true });
  });

  const load = (options: Partial<TransformersEmbedderOptions> = {}) =>
    loadTransformersEmbedder({ model: ID, cacheFolder, threads: 1, hubUrl, ...options });

  it('is the same as from a folder, and is fetched once', async () => {
    const fetched = await load();
    const local = await load({ model: source });
    expect(fetched.spec).toEqual({ ...local.spec, model: ID });
    const texts = ['roll back the index', 'eggs'];
    expect(await fetched.embed(texts, 'query', signal)).toEqual(
      await local.embed(texts, 'query', signal),
    );
    expect(paths).toContain(`GET /${ID}/resolve/main/onnx/model.onnx`);
    paths = [];
    const again = await load();
    expect(again.spec).toEqual(fetched.spec);
    expect(paths).toEqual([]);
    await Promise.all([fetched, local, again].map((embedder) => embedder.close()));
  });

  it('that is not there is named', async () => {
    const refused = await rejection(load({ model: 'someone/nothing' }));
    expect(refused).toMatchObject({ code: 'not_found', retryable: false });
    expect(String(refused)).toContain('someone/nothing');
  });

  it('that is gated is asked for with the token, and with it alone', async () => {
    await (await load({ hubToken: 'hf_secret' })).close();
    expect(paths.filter((path) => path.includes('tokenizer.json'))).toEqual([
      `GET /${ID}/resolve/main/tokenizer.json Bearer hf_secret`,
    ]);
    cacheFolder = mkdtempSync(join(tmpdir(), 'lockstep-hub-'));
    status = () => 401;
    expect(await rejection(load())).toMatchObject({ code: 'not_found' });
    expect(paths.at(-1)).not.toContain('Bearer');
  });

  it('whose hub fails is named, with a way around', async () => {
    status = () => 503;
    const refused = await rejection(load());
    expect(refused).toMatchObject({ code: 'upstream_unavailable', retryable: true });
    expect(String(refused)).toMatch(/someone\/tiny-bert.*folder/);
    status = () => 200;
    await (await load()).close();
  });

  it('whose hub cannot be reached is named, with a way around', async () => {
    const refused = await rejection(load({ hubUrl: 'http://127.0.0.1:1' }));
    expect(refused).toMatchObject({ code: 'upstream_unavailable', retryable: true });
    expect(String(refused)).toMatch(
      /someone\/tiny-bert cannot be loaded from http:\/\/127\.0\.0\.1:1/,
    );
  });
});
