import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#domain/errors.ts';
import { reextract } from '#features/reextract.ts';
import type { PageReader } from '#ports/page-reader.ts';
import { type EmbeddedPostgres, startPglite } from '../fakes/embedded-postgres.ts';
import { home, post } from './crawl/pages.ts';
import { createWorld, type World } from './crawl/world.ts';

let postgres: EmbeddedPostgres;
let world: World;
beforeAll(async () => {
  postgres = await startPglite();
});
afterAll(() => postgres.close());
beforeEach(async () => {
  world = await createWorld(postgres);
  world.put('/', home('/a', '/b', '/c'), 'h');
  for (const path of ['/a', '/b', '/c']) world.put(path, post(`Birds of ${path}`), path);
  await world.crawl();
  world.requests();
});
afterEach(() => world.close());

const signal = new AbortController().signal;

/** A newer extractor: it sees other words in one page, and nothing at all in another. */
const newer = (reader: PageReader): PageReader => ({
  read: async (page, abort) => {
    const read = await reader.read(page, abort);
    if (page.url.endsWith('/a')) return { ...read, markdown: `${read.markdown}\n\nSeen anew.` };
    return page.url.endsWith('/b') ? { ...read, markdown: '', words: 0 } : read;
  },
});

const run = (reader: PageReader, all = true) =>
  reextract({ ...world.deps, reader }, { source: world.source, all }, () => undefined, signal);

describe('reextract', () => {
  it('records what comes out otherwise, without the network, and refuses no document', async () => {
    const before = await world.contents();
    const { counts, runId } = await run(newer(world.deps.reader));
    expect(counts).toEqual({ read: 3, changed: 1, same: 1, refused: 1, current: 0 });
    expect(world.requests()).toEqual([]);
    const after = await world.contents();
    expect(after['/a']).not.toBe(before['/a']);
    expect(after).toMatchObject({ '/b': before['/b'], '/c': before['/c'] });
    const letters = await world.deps.registry.deadLetters.list({ runId });
    expect(letters.map(({ code, url }) => [code, new URL(url).pathname])).toEqual([
      ['no_content', '/b'],
    ]);
    const revisions = await world.revisions();
    expect(revisions.find(({ url }) => url.endsWith('/a'))?.markdown).toContain('Seen anew.');
  });

  it('leaves what is by the extractor of today, and crawls stay conditional', async () => {
    const { counts } = await run(newer(world.deps.reader), false);
    expect(counts).toMatchObject({ read: 0, current: 3 });
    await run(newer(world.deps.reader));
    const crawled = await world.crawl();
    expect(crawled.counts).toMatchObject({ unchanged: 4 });
    expect(crawled.counts).not.toHaveProperty('changed');
  });

  it('reads those again whose last reading was by another extractor', async () => {
    const { pages } = world.deps.registry;
    const state = (await pages.states(world.source.name)).get(`${world.source.urls[0]}c`);
    expect(state).toBeDefined();
    if (state !== undefined) await pages.save({ ...state, extractedBy: 'an older one' });
    expect((await run(world.deps.reader, false)).counts).toMatchObject({ read: 1, current: 2 });
    expect((await run(world.deps.reader, false)).counts).toMatchObject({ read: 0, current: 3 });
  });

  it('fails by name when stored bytes are gone, and says so on its run', async () => {
    const blobs = {
      ...world.deps.blobs,
      get: async (key: string) => world.deps.blobs.get(key.replace(/^./, 'x')),
    };
    const deps = { ...world.deps, blobs };
    const failing = reextract(deps, { source: world.source, all: true }, () => undefined, signal);
    await expect(failing).rejects.toMatchObject({ code: 'not_found' });
    const run = await world.deps.registry.runs.last('reextract:blog');
    expect(run).toMatchObject({ status: 'failed', kind: 'reextract' });
  });

  it('waits for no crawl: it is refused while one is at work', async () => {
    const { registry, clock } = world.deps;
    const held = new AppError('lease_held', 'source:blog is being written', { retryable: true });
    // A holder that is alive renews its lease.
    const leases = {
      ...registry.leases,
      acquire: () => Promise.reject(held),
      list: async () => [{ name: 'source:blog', holder: 'another', expiresAt: clock.now() }],
    };
    const deps = { ...world.deps, registry: { ...registry, leases } };
    const refused = reextract(deps, { source: world.source, all: true }, () => undefined, signal);
    await expect(refused).rejects.toMatchObject({ code: 'lease_held' });
    const { runs } = registry;
    expect(await runs.last('reextract:blog')).toBeNull();
  });
});
