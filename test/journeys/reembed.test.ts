import { renameSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '#domain/answer.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import type { Pairing } from '#domain/pairing.ts';
import { type OpenAiServer, startOpenAiServer } from '../fakes/openai-server.ts';
import { tinyBertFolder } from '../fakes/tiny-bert.ts';
import { type CommandLine, createCommandLine } from './command-line.ts';
import { filler, SEABIRDS, type SmallSite, serveSmallSite } from './small-site.ts';

const TERN = 'How many entries does the Tern cache hold?';
const PAID = 'openai:text-embedding-3-small?dimensions=64';

let site: SmallSite;
let provider: OpenAiServer;
let lockstep: CommandLine;

beforeAll(async () => {
  site = await serveSmallSite(SEABIRDS);
  provider = await startOpenAiServer({ dimension: 64 });
  lockstep = createCommandLine({ OPENAI_BASE_URL: provider.baseUrl });
  await lockstep.json('up', `${site.site.origin}/`, '--once');
}, 90_000);
afterAll(async () => {
  lockstep.remove();
  await provider.close();
  await site.close();
});

const views = () => lockstep.json<readonly FeatureView[]>('view', 'list');
const embeddingRequests = () =>
  provider.requests.filter(({ path }) => path.endsWith('/embeddings')).length;

describe('re-embedding', () => {
  it('asks leave before it costs more than was allowed, and has spent nothing by then', async () => {
    const refused = await lockstep.refused('reembed', '--embedder', PAID, '--cost-max', '0');
    expect(refused).toMatchObject({ exit: 3, code: 'gate_refused', param: '--cost-max' });
    expect(refused.message).toMatch(/costs about \$0\.0\d+, and \$0 are allowed.*--yes/);
    expect(await views()).toHaveLength(1);
  }, 60_000);

  it('builds the next version beside the live one, which a pairing may name once it is ready', async () => {
    const built = await lockstep.json<{ view: string }>('reembed', '--embedder', PAID, '--yes');
    expect(built.view).toBe('posts@v2');
    expect(await views()).toMatchObject([
      { id: 'posts@v1', readyAt: expect.any(String) },
      { id: 'posts@v2', readyAt: expect.any(String), spec: { dense: { dimension: 64 } } },
    ]);
    expect((await lockstep.json<Answer>('ask', TERN)).provenance.viewId).toBe('posts@v1');
    const paired = await lockstep.json<Pairing>('pairing', 'create', '--view', 'posts@v2');
    await lockstep.json('promote', paired.id, '--unevaluated');
    const answer = await lockstep.json<Answer>('ask', TERN);
    expect(answer.provenance).toMatchObject({ viewId: 'posts@v2', epoch: 1 });
    expect(answer.text).toContain('41 entries');
  }, 60_000);

  it('pays for no text twice', async () => {
    const before = embeddingRequests();
    const again = await lockstep.json<{ view: string }>(
      ...['reembed', '--embedder', PAID, '--storage', 'quantisation=none', '--yes'],
    );
    expect(again.view).toBe('posts@v3');
    const texts = provider.requests
      .slice(-(embeddingRequests() - before))
      .filter(({ path }) => path.endsWith('/embeddings'))
      .flatMap(({ body }) => (body as { input: readonly string[] }).input);
    // What tells whether the provider is still the same is asked again, and nothing else.
    expect(texts.some((text) => text.includes('entries for nine minutes'))).toBe(false);
  }, 60_000);

  it('keeps what is in production, and what a rollback needs, up to date and undroppable', async () => {
    site.write('skua', 'The Skua log', [filler('the Skua log'), 'The Skua log has 23 lines.']);
    await lockstep.json('crawl');
    const asked = 'How many lines does the Skua log have?';
    expect((await lockstep.json<Answer>('ask', asked)).text).toContain('23 lines');
    await lockstep.json('rollback');
    const back = await lockstep.json<Answer>('ask', asked);
    expect(back.provenance).toMatchObject({ viewId: 'posts@v1', epoch: 2 });
    expect(back.text).toContain('23 lines');
    expect(await lockstep.refused('view', 'drop', 'posts@v1')).toMatchObject({
      exit: 1,
      code: 'view_in_use',
    });
    expect(await lockstep.refused('view', 'drop', 'posts@v2')).toMatchObject({
      code: 'view_in_use',
      message: expect.stringContaining('--forgo-rollback'),
    });
    expect(await lockstep.refused('view', 'drop', 'posts')).toMatchObject({ exit: 2 });
  }, 90_000);

  it('refuses pairings on a version that was dropped, whose name is given to no other', async () => {
    await lockstep.json('view', 'drop', 'posts@v3');
    expect(await lockstep.refused('pairing', 'create', '--view', 'posts@v3')).toMatchObject({
      code: 'view_not_ready',
    });
    const next = await lockstep.json<{ view: string }>('reembed', '--chunk-tokens', '64');
    expect(next.view).toBe('posts@v4');
    const diff = await lockstep.json<{ spec: readonly { path: string }[] }>(
      ...['view', 'diff', 'posts@v1', 'posts@v4'],
    );
    expect(diff.spec.map(({ path }) => path)).toContain('chunker.tokensMax');
    const verified = await lockstep.json<readonly { passed: boolean }[]>('view', 'verify');
    expect(verified.map(({ passed }) => passed)).toEqual([true, true, true]);
  }, 90_000);

  it('builds by an ONNX model in a folder, and refuses it once its weights are others', async () => {
    const folder = tinyBertFolder();
    try {
      const embedder = `transformers:${folder}?pooling=mean`;
      const built = await lockstep.json<{ view: string }>(
        ...['reembed', '--embedder', embedder, '--chunk-tokens', '40'],
      );
      expect(built.view).toBe('posts@v5');
      expect((await views()).at(-1)).toMatchObject({
        embedder,
        spec: { dense: { provider: 'transformers', dimension: 32 } },
      });
      rmSync(folder, { recursive: true });
      renameSync(tinyBertFolder({ seed: 6 }), folder);
      const refused = await lockstep.refused('view', 'verify', 'posts@v5');
      expect(refused).toMatchObject({ exit: 1, code: 'embedding_space_mismatch' });
      expect(refused.message).toContain('posts@v5');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 60_000);
});
