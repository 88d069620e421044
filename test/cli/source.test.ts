import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Document } from '#domain/document.ts';
import { documentIdOf } from '#domain/document.ts';
import { CRAWL_LIMITS, SOURCE_RULES, type Source } from '#domain/source.ts';
import { type EmbeddedPostgres, startPglite } from '../fakes/embedded-postgres.ts';
import { failed, home, NOINDEX, ORIGIN, post } from '../features/crawl/pages.ts';
import { createWorld, type World } from '../features/crawl/world.ts';
import { createWorldCli, type WorldCli } from './world-cli.ts';

let postgres: EmbeddedPostgres;
let world: World;
let cli: WorldCli;
beforeAll(async () => {
  postgres = await startPglite();
});
afterAll(() => postgres.close());
beforeEach(async () => {
  world = await createWorld(postgres);
  cli = createWorldCli(world);
  return () => world.close();
});

const addBlog = () => cli.json<Source>('source', 'add', `${ORIGIN}/`, '--name', 'blog');
const idOf = (path: string) => documentIdOf(`${ORIGIN}${path}`);

describe('source add', () => {
  it('registers limits and rules as they are given, and the usual ones otherwise', async () => {
    expect(await addBlog()).toMatchObject({ limits: CRAWL_LIMITS, rules: SOURCE_RULES });
    const rules = [
      ...['--include', '/posts/**', '**/notes/*', '--exclude', '**/draft-*'],
      ...['--language', 'en', 'FR', '--pii', 'mask', '--render', '--time-max', '15m'],
    ];
    const added = await cli.json<Source>('source', 'add', 'https://x.example/', ...rules);
    expect(added.limits).toEqual({ ...CRAWL_LIMITS, timeMsMax: 900_000 });
    expect(added.rules).toEqual({
      include: ['/posts/**', '**/notes/*'],
      exclude: ['**/draft-*'],
      languages: ['en', 'fr'],
      pii: 'mask',
      render: true,
    });
    expect(await cli.json('source', 'list')).toEqual([
      expect.objectContaining({ name: 'blog' }),
      added,
    ]);
  });

  it('gives a source that is added again its new limits and rules', async () => {
    const first = await addBlog();
    const { out } = await cli.run('source', 'add', `${ORIGIN}/`, '--name', 'blog', '--pii', 'flag');
    expect(out).toContain('from its next crawl on');
    const [now] = await cli.json<readonly Source[]>('source', 'list');
    expect(now).toEqual({ ...first, rules: { ...SOURCE_RULES, pii: 'flag' } });
    const taken = await cli.refused('source', 'add', 'https://x.example/', '--name', 'blog');
    expect(taken.code).toBe('already_exists');
  });

  it('takes repositories and folders by what people call them', async () => {
    expect(await cli.json('source', 'add', 'owner/repo', '--kind', 'github')).toMatchObject({
      name: 'owner-repo',
      kind: 'github',
      urls: ['https://github.com/owner/repo'],
    });
    expect(await cli.json('source', 'add', '/srv/posts', '--kind', 'folder')).toMatchObject({
      name: 'posts',
      urls: ['file:///srv/posts/'],
    });
  });

  it.each([
    [['https://x.example/', '--include', '{a,b}'], 'include', 'braces'],
    [['https://x.example/', '--exclude', 'posts'], 'exclude', '"posts"'],
    [['https://x.example/', '--language', 'english'], '--language', 'like en or fr'],
    [['https://x.example/', '--pii', 'hide'], '--pii', 'keep'],
    [['https://x.example/', '--time-max', 'soon'], '--time-max', '90s'],
    [['o/r', '--kind', 'github', '--render'], '--render', 'leave out --render'],
    [['/srv/none', '--kind', 'folder'], 'url', '/srv/none cannot be read as a folder'],
    [['just-a-name', '--kind', 'github'], 'url', '"just-a-name"'],
  ])('refuses %j, and registers nothing', async (argv, param, told) => {
    const refused = await cli.refused('source', 'add', ...argv);
    expect(refused).toMatchObject({ exit: 2, code: 'invalid_input', param });
    expect(refused.message).toContain(told);
    expect(await cli.json('source', 'list')).toEqual([]);
  });
});

describe('near-duplicates', () => {
  beforeEach(async () => {
    world.put('/', home('/a', '/b', '/c'));
    world.put('/a', post('Terns'));
    world.put('/b', post('Gulls'));
    world.put('/c', post('Skuas'));
    await addBlog();
    await cli.json('crawl');
  });
  const link = () =>
    world.deps.registry.documents.link([{ id: idOf('/b'), canonicalId: idOf('/a') }]);

  it('are marked by source show', async () => {
    await link();
    const { documents } = await cli.json<{
      documents: readonly (Document & { repeats: string | null })[];
    }>('source', 'show', 'blog');
    expect(documents.map(({ repeats }) => repeats)).toEqual([null, `${ORIGIN}/a`, null]);
    const { out } = await cli.run('source', 'show', 'blog');
    expect(out).toContain(`repeats ${ORIGIN}/a`);
  });

  it('are told apart by view show --url from what the view holds', async () => {
    const show = async (path: string) =>
      (await cli.run('view', 'show', 'posts', '--url', `${ORIGIN}${path}`)).out;
    expect(await show('/b')).toMatch(/\/b is in posts@v1#1: revision [0-9a-f-]{36}\n$/);
    await link();
    expect(await show('/b')).toContain('leaves with the next epoch');
    const { views } = world.deps.registry;
    const { number } = await views.openEpoch('posts@v1', world.deps.ids.next(), '2026-01-03');
    const commit = { viewId: 'posts@v1', epoch: number, documentId: idOf('/b') };
    await views.commit({ ...commit, revisionId: null, chunks: [] });
    for (;;) {
      const members = await views.unsynced('posts@v1', [idOf('/b')], 100);
      if (members.length === 0) break;
      await views.confirm('posts@v1', members);
    }
    const lease = { name: 'view:posts@v1', holder: 'anna', now: '2026-01-03' };
    await world.deps.registry.leases.acquire({ ...lease, expiresAt: '2026-01-04' });
    await views.publish({ viewId: 'posts@v1', epoch: number, holder: 'anna', at: '2026-01-03' });
    const told = await show('/b');
    expect(told).toContain('/b is not in posts@v1#2: another document stands for it');
    expect(told).toMatch(/it nearly repeats \S+\/a \(revision [0-9a-f-]{36} in posts@v1#2\)/);
  });

  it('say of a page that is no document, and of a closed one, what is so', async () => {
    const shown = await cli.refused('view', 'show', 'posts', '--url', `${ORIGIN}/nobody`);
    expect([shown.code, shown.message]).toEqual([
      'not_found',
      expect.stringContaining('lockstep source explain'),
    ]);
    await world.deps.registry.documents.close(idOf('/c'), '2026-01-03T00:00:00.000Z');
    const { out } = await cli.run('view', 'show', 'posts', '--url', `${ORIGIN}/c`);
    expect(out).toContain('it leaves with the next epoch');
    expect(await cli.refused('view', 'show', 'posts', '--url', 'c')).toMatchObject({ exit: 2 });
  });
});

describe('source remove', () => {
  beforeEach(async () => {
    world.put('/', home('/a', '/b'));
    world.put('/a', post('Terns'));
    world.put('/b', post('Gulls'));
    await addBlog();
  });

  it('closes the documents of the source and takes them out of the view', async () => {
    await cli.json('crawl');
    const removed = await cli.json('source', 'remove', 'blog');
    expect(removed).toMatchObject({
      source: 'blog',
      closed: [`${ORIGIN}/a`, `${ORIGIN}/b`],
      epoch: { number: 2, documents: 0, chunks: 0 },
    });
    expect(await cli.json('source', 'list')).toEqual([]);
    expect(await world.live()).toEqual([]);
    expect((await cli.refused('source', 'remove', 'blog')).code).toBe('not_found');
  });

  it('says in words what it closed, and publishes nothing where nothing was', async () => {
    const { exit, out } = await cli.run('source', 'remove', 'blog');
    expect([exit, out]).toEqual([0, 'source blog is removed; 0 documents are closed\n']);
    expect(await world.deps.registry.views.list()).toEqual([]);
  });

  it('refuses while a crawl of the source is at work', async () => {
    const { leases } = world.deps.registry;
    const beat = async () =>
      leases.acquire({
        name: 'source:blog',
        holder: 'a crawl',
        now: world.deps.clock.now(),
        expiresAt: '2026-06-01T00:00:00.000Z',
      });
    await beat();
    // A holder that renews its lease is alive.
    const { list } = leases;
    let looks = 0;
    const expiry = () => {
      looks += 1;
      return new Date(Date.parse('2026-06-01') + looks).toISOString();
    };
    Object.assign(leases, {
      list: async () => (await list()).map((lease) => ({ ...lease, expiresAt: expiry() })),
    });
    const { code } = await cli.refused('source', 'remove', 'blog');
    expect(code).toBe('lease_held');
    expect(await cli.json('source', 'list')).toHaveLength(1);
  });
});

describe('source explain', () => {
  it('tells of a rejected page what is known, and what to do', async () => {
    world.put('/', home('/a', '/b'));
    world.put('/a', post('Terns'));
    world.put('/b', post('Gulls', { head: NOINDEX }));
    await addBlog();
    await cli.json('crawl');
    const { out } = await cli.run('source', 'explain', `${ORIGIN}/b#part`);
    expect(out).toContain('it is no document');
    expect(out).toContain('blog: noindex, checked 2026-01-02');
    expect(out).toContain('what to do about noindex: nothing');
    expect(out).toContain(`lockstep source retry blog ${ORIGIN}/b`);
    const known = await cli.json('source', 'explain', `${ORIGIN}/a`);
    expect(known).toMatchObject({
      url: `${ORIGIN}/a`,
      document: { id: idOf('/a'), status: 'live' },
      repeats: null,
      letters: [],
      sources: [{ source: 'blog', state: { outcome: 'document' }, next: 'with the next crawl' }],
    });
  });

  it('says why nothing is known of a page', async () => {
    const explain = async (url: string) => (await cli.refused('source', 'explain', url)).message;
    expect(await explain(`${ORIGIN}/x`)).toContain('no source is of its site');
    await cli.json('source', 'add', `${ORIGIN}/`, '--name', 'blog', '--exclude', '/private/**');
    expect(await explain(`${ORIGIN}/private/x`)).toContain(
      'the patterns of source blog leave it out',
    );
    expect(await explain(`${ORIGIN}/x`)).toContain('nothing that source blog has read leads to it');
    expect(await cli.refused('source', 'explain', 'x')).toMatchObject({ exit: 2, param: 'url' });
  });
});

describe('source retry', () => {
  beforeEach(async () => {
    world.put('/', home('/a', '/b', '/c', '/d'));
    world.put('/a', post('Terns'));
    world.put('/b', post('Gulls', { head: NOINDEX }));
    world.answer('/c', failed('/c'));
    world.answer('/d', failed('/d', null));
    await addBlog();
    await cli.json('crawl');
    world.put('/c', post('Skuas'));
    world.put('/d', post('Puffins'));
    world.put('/b', post('Gulls'));
    world.requests();
  });
  const asked = () => world.requests().filter((path) => path !== '/robots.txt');
  type Retried = { readonly urls: readonly string[]; readonly epoch: { documents: number } | null };
  const retry = (...argv: string[]) => cli.json<Retried>('source', 'retry', 'blog', ...argv);

  it('asks again for what may be another time what it was not, and publishes it', async () => {
    const { urls, epoch } = await retry();
    expect(urls).toEqual([`${ORIGIN}/c`, `${ORIGIN}/d`]);
    expect(asked()).toEqual(['/c', '/d']);
    expect(epoch).toMatchObject({ documents: 3 });
    expect(await world.live()).toEqual(['/a', '/c', '/d']);
    expect((await retry()).urls).toEqual([]);
    expect(asked()).toEqual([]);
  });

  it('asks only for those with a code, or those that are named', async () => {
    expect((await retry('--code', 'unreachable')).urls).toEqual([`${ORIGIN}/d`]);
    expect((await retry(`${ORIGIN}/b`)).urls).toEqual([`${ORIGIN}/b`]);
    expect(asked()).toEqual(['/d', '/b']);
    expect(await world.live()).toEqual(['/a', '/b', '/d']);
  });

  it('asks for the others when it is told to', async () => {
    const { out } = await cli.run('source', 'retry', 'blog', '--code', 'noindex');
    expect(out).toContain('--all asks for them nevertheless');
    expect(asked()).toEqual([]);
    expect((await retry('--code', 'noindex', '--all')).urls).toEqual([`${ORIGIN}/b`]);
    expect(asked()).toEqual(['/b']);
  });

  it('refuses pages that were not rejected, and sources that there are not', async () => {
    const { exit, message } = await cli.refused('source', 'retry', 'blog', `${ORIGIN}/a`);
    expect([exit, message]).toEqual([2, expect.stringContaining('lockstep source rejects blog')]);
    expect((await cli.refused('source', 'retry', 'nobody')).code).toBe('not_found');
    expect(asked()).toEqual([]);
  });

  it('leaves the newest crawl as the one that reports tell of', async () => {
    const before = await cli.json('source', 'report', 'blog');
    await retry();
    expect(await cli.json('source', 'report', 'blog')).toMatchObject({
      run: (before as { run: unknown }).run,
    });
  });
});
