import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryIndex } from '#adapters/memory/feature-index.ts';
import { chunkEmbeddingText, PROBE_TEXTS } from '#domain/embedding.ts';
import { AppError } from '#domain/errors.ts';
import type { FeatureDeps } from '#features/deps.ts';
import { publish } from '#features/publish/publish.ts';
import type { Embedder } from '#ports/embedder.ts';
import { type EmbeddedPostgres, startPglite } from '../../fakes/embedded-postgres.ts';
import { createPoolOf } from '../../fakes/embedder-pool.ts';
import { home, post, prose } from '../crawl/pages.ts';
import { createWorld, type World } from '../crawl/world.ts';
import { viewOf } from './reader.ts';

const signal = new AbortController().signal;
let postgres: EmbeddedPostgres;
let world: World;
let deps: FeatureDeps;
let embedder: Embedder;
let embedded: string[];
beforeAll(async () => {
  postgres = await startPglite();
  world = await createWorld(postgres);
});
afterAll(async () => {
  await world.close();
  await postgres.close();
});
beforeEach(async () => {
  await world.reset();
  embedded = [];
  ({ embedder } = await world.deps.embedders.named(null, signal));
  deps = embeddingBy(noting(embedder));
});

const embeddingBy = (by: Embedder): FeatureDeps => ({
  ...world.deps,
  index: createMemoryIndex(),
  embedders: createPoolOf(by),
});

/** The embedder, with a note of every text of a chunk. */
const noting = (noted: Embedder): Embedder => ({
  ...noted,
  embed: (texts, purpose, abort) => {
    embedded.push(...texts.filter((text) => !PROBE_TEXTS.includes(text)));
    return noted.embed(texts, purpose, abort);
  },
});

async function run(tokensMax = 100) {
  const view = await viewOf(deps, tokensMax);
  embedded = [];
  return publish(deps, view, () => undefined, signal);
}

const section = (name: string) => `<h2>${name}</h2><p>${prose(name)}</p>`;
const article = (title: string, ...names: readonly string[]): string =>
  `<!doctype html><html lang="en"><head><title>${title}</title></head><body><main><article>` +
  `<h1>${title}</h1><p>${prose(title)}</p>${names.map(section).join('')}</article></main>` +
  '</body></html>';

describe('what is embedded', () => {
  it('are all chunks of what is new, and nothing of what is not', async () => {
    world.put('/', home('/a', '/b'));
    world.put('/a', article('Terns', 'Food', 'Nests', 'Flight'));
    world.put('/b', post('Gulls'));
    await world.crawl();
    const { counts, epoch } = await run();
    expect(counts).toMatchObject({ documents: 2, closed: 0, kept: 0, ended: 0 });
    expect(counts.embedded).toBe(counts.added);
    expect(embedded).toHaveLength(counts.added);
    expect(epoch).toMatchObject({ documents: 2, chunks: counts.added });
    expect((await run()).counts).toEqual({
      documents: 0,
      added: 0,
      closed: 0,
      kept: 0,
      embedded: 0,
      ended: 0,
    });
    expect(embedded).toEqual([]);
  });

  it('are the chunks of the section that was edited alone', async () => {
    world.put('/', home('/a'));
    world.put('/a', article('Terns', 'Food', 'Nests', 'Flight'));
    await world.crawl();
    const first = await run();
    world.put('/a', article('Terns', 'Food', 'Nests and eggs', 'Flight'));
    await world.crawl();
    const { counts, epoch } = await run();
    expect(embedded.length).toBeGreaterThan(0);
    expect(embedded.every((text) => text.includes('Nests and eggs'))).toBe(true);
    expect(counts.embedded).toBe(counts.added);
    expect(counts.ended).toBe(counts.closed);
    expect(counts.kept + counts.closed).toBe(first.counts.added);
    expect(counts.kept).toBeGreaterThan(counts.added);
    expect(epoch?.chunks).toBe(counts.kept + counts.added);
  });

  it('are the chunks around a section that was moved within its post', async () => {
    world.put('/', home('/a'));
    world.put('/a', article('Terns', 'Food', 'Nests', 'Flight'));
    await world.crawl();
    await run();
    world.put('/a', article('Terns', 'Flight', 'Nests', 'Food'));
    await world.crawl();
    const { counts } = await run();
    expect(counts.kept).toBeGreaterThan(0);
    expect(counts.added).toBe(counts.closed);
  });

  it('is all of a post whose title changed', async () => {
    world.put('/', home('/a'));
    world.put('/a', article('Terns', 'Food', 'Nests'));
    await world.crawl();
    const first = await run();
    const page = article('Terns', 'Food', 'Nests');
    world.put('/a', page.replace('<title>Terns', '<title>Sea terns').replace('<h1>T', '<h1>Sea t'));
    await world.crawl();
    const { counts } = await run();
    expect(counts).toMatchObject({ kept: 0, closed: first.counts.added });
    expect(embedded).toHaveLength(counts.added);
    expect(embedded.every((text) => text.startsWith('Sea terns'))).toBe(true);
  });

  it('leaves the title out where it does not fit beside the text, which it never cuts', async () => {
    const title = 'On the many birds of the long northern coast and all of their habits '.repeat(8);
    const long = `<p>${prose('terns')} ${prose('gulls')} ${prose('skuas')}</p>`.repeat(4);
    world.put('/', home('/a'));
    world.put(
      '/a',
      `<html><head><title>${title}</title></head><body><article><h1>${title}</h1>${long}` +
        '</article></body></html>',
    );
    await world.crawl();
    const { tokensMax } = embedder.spec;
    const { counts } = await run(tokensMax);
    expect(embedded).toHaveLength(counts.added);
    for (const text of embedded) {
      expect(embedder.countTokens(text)).toBeLessThanOrEqual(tokensMax);
    }
    expect(embedded.some((text) => !text.startsWith('On the many birds'))).toBe(true);
    expect(embedded.join(' ')).toContain('skuas, which comes up every week');
  });

  it('fits the embedder with the prefix that its documents get', async () => {
    const spec = { ...embedder.spec, documentPrefix: 'passage: about birds: ', tokensMax: 90 };
    deps = embeddingBy(strict({ ...embedder, spec }));
    world.put('/', home('/a'));
    world.put('/a', article('Terns of the northern coast and their habits', 'Food', 'Nests'));
    await world.crawl();
    await expect(run(90)).rejects.toMatchObject({
      code: 'invalid_config',
      param: 'LOCKSTEP_CHUNK_TOKENS',
    });
    const room = 90 - embedder.countTokens(spec.documentPrefix);
    const { epoch } = await run(room);
    expect(epoch?.chunks).toBeGreaterThan(0);
  });
});

/** Refuses what is too long with its prefix, as an embedder that puts one there does. */
const strict = (lenient: Embedder): Embedder => ({
  ...lenient,
  embed: async (texts, purpose, abort) => {
    const { spec } = lenient;
    const prefix = purpose === 'document' ? spec.documentPrefix : spec.queryPrefix;
    const long = texts.find((text) => lenient.countTokens(prefix + text) > spec.tokensMax);
    if (long !== undefined) throw new AppError('text_too_long', `too long: ${long}`);
    return lenient.embed(texts, purpose, abort);
  },
});

it('keeps every chunk of a post with equal sections', async () => {
  world.put('/', home('/a'));
  world.put('/a', article('Terns', 'Food', 'Food', 'Food'));
  await world.crawl();
  const { counts } = await run();
  const [text = ''] = embedded.filter((other) => other.includes('Food'));
  expect(embedded.filter((other) => other === text).length).toBeGreaterThan(1);
  world.put('/a', article('Terns', 'Food', 'Food'));
  await world.crawl();
  const second = await run();
  expect(second.counts).toMatchObject({ embedded: 0, added: 0 });
  expect(second.counts.closed + second.counts.kept).toBe(counts.added);
});

it('embeds by the text that inference prepares as well', async () => {
  world.put('/', home('/a'));
  world.put('/a', article('Terns', 'Food'));
  await world.crawl();
  await run();
  const context = { title: 'Terns', headingPath: ['Food'], text: 'x' };
  const [heading = ''] = chunkEmbeddingText(context, () => true).split('\n');
  expect(embedded.some((text) => text.startsWith(heading))).toBe(true);
});
