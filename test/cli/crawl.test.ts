import { load } from 'cheerio';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CrawlSummary } from '#domain/crawl-summary.ts';
import type { DeadLetter } from '#domain/document.ts';
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
  world.put('/', home('/a', '/b', '/c'), '"home"');
  world.put('/a', post('Terns'), '"a"');
  world.put('/b', post('Gulls', { head: NOINDEX }), '"b"');
  world.answer('/c', failed('/c'));
  await cli.json('source', 'add', `${ORIGIN}/`, '--name', 'blog');
  return () => world.close();
});

type Crawled = {
  readonly crawls: readonly { readonly runId: string; readonly source: string }[];
  readonly epoch: { readonly number: number; readonly documents: number } | null;
  readonly summaries: readonly CrawlSummary[];
};

const outcomesOf = ({ outcomes }: CrawlSummary) =>
  Object.fromEntries(outcomes.map(({ outcome, pages }) => [outcome, pages]));

const paths = (entries: readonly { readonly url: string }[]) =>
  entries.map(({ url }) => url.slice(ORIGIN.length));

describe('crawl --report', () => {
  it('writes one page that tells of the crawl, after it was published', async () => {
    const { exit, out, written } = await cli.run('crawl', '--report', '/tmp/report.html');
    expect(exit).toBe(0);
    expect(out).toContain('/tmp/report.html tells what the crawl did');
    expect([...written.keys()]).toEqual(['/tmp/report.html']);
    const $ = load(written.get('/tmp/report.html') ?? '');
    expect($('h2').text()).toContain('blog');
    expect($('.legend').text().replace(/\s+/g, ' ')).toContain('new 1');
    expect(
      $('.card code')
        .toArray()
        .map((code) => $(code).text()),
    ).toEqual(expect.arrayContaining(['noindex', 'http_status']));
  });

  it('refuses a file that cannot be written before anything is asked for', async () => {
    world.requests();
    const { exit, code, param } = await cli.refused('crawl', '--report', '/nowhere/report.html');
    expect([exit, code, param]).toEqual([1, 'folder_unwritable', '--report']);
    expect(world.requests()).toEqual([]);
  });

  it('has a section for each source, also for one that could not be crawled', async () => {
    world.answer('https://away.example/robots.txt', failed('/robots.txt', 503));
    await cli.json('source', 'add', 'https://away.example/', '--name', 'away');
    const { exit, written, err } = await cli.run('crawl', '--report', 'out.html');
    expect(exit).toBe(1);
    expect(err).toContain('source away cannot be crawled');
    const $ = load(written.get('out.html') ?? '');
    expect(
      $('section h2')
        .toArray()
        .map((h2) => $(h2).text().trim().split(/\s+/)[0]),
    ).toEqual(['away', 'blog']);
    expect($('#s1 .notice').text()).toContain('source away cannot be crawled');
    expect($('#s2 .notice')).toHaveLength(0);
  });

  it('tells of a crawl that was stopped what it had done by then', async () => {
    const abort = new AbortController();
    world.answer('/a', () => {
      abort.abort(new DOMException('SIGINT', 'AbortError'));
      return failed('/a');
    });
    const { exit, written } = await cli.runUntil(abort.signal, 'crawl', '--report', 'out.html');
    expect(exit).toBe(1);
    expect(load(written.get('out.html') ?? '')('.state').text()).toBe('stopped early');
  });
});

describe('crawl --json', () => {
  it('gives a summary of each source, and what changed since its last crawl', async () => {
    const first = await cli.json<Crawled>('crawl');
    const [summary] = first.summaries;
    if (summary === undefined) throw new Error('there is no summary');
    expect(summary).toMatchObject({
      source: 'blog',
      run: { id: first.crawls[0]?.runId, status: 'done' },
      previous: null,
      totals: { documents: 1, repeats: 0 },
    });
    expect(outcomesOf(summary)).toMatchObject({ new: 1, failed: 1 });
    expect(paths(summary.changes.added.shown)).toEqual(['/a']);

    world.put('/a', post('Terns of the north'), '"a2"');
    world.put('/b', post('Gulls'), '"b2"');
    world.put('/c', post('Skuas'), '"c"');
    const [second] = (await cli.json<Crawled>('crawl')).summaries;
    if (second === undefined) throw new Error('there is no summary');
    expect(second.previous?.runId).toBe(summary.run.id);
    expect(paths(second.changes.changed.shown)).toEqual(['/a']);
    expect(paths(second.changes.accepted.shown)).toEqual(['/b', '/c']);
    expect(second.changes.added.shown).toEqual([]);

    const [third] = (await cli.json<Crawled>('crawl')).summaries;
    expect(third && outcomesOf(third)).toMatchObject({ unchanged: 4 });
    for (const { shown } of Object.values(third?.changes ?? {})) expect(shown).toEqual([]);
  });
});

describe('source report', () => {
  it('tells of the newest crawl without another one', async () => {
    await cli.json('crawl');
    world.requests();
    const { out } = await cli.run('source', 'report', 'blog');
    expect(out).toMatch(/^blog: \d+ pages and /);
    expect(out).toContain('noindex');
    const { written } = await cli.run('source', 'report', 'blog', '--out', 'r.html');
    expect(load(written.get('r.html') ?? '')('h1').text()).toBe('Crawl report: blog');
    expect((await cli.json<CrawlSummary>('source', 'report', 'blog')).source).toBe('blog');
    expect(world.requests()).toEqual([]);
  });

  it('says so of a source that is unknown or was never crawled, and of a bad file', async () => {
    expect(await cli.refused('source', 'report', 'nobody')).toMatchObject({ code: 'not_found' });
    const { code, message } = await cli.refused('source', 'report', 'blog');
    expect([code, message]).toEqual(['not_found', expect.stringContaining('lockstep crawl blog')]);
    await cli.json('crawl');
    const unwritable = await cli.refused('source', 'report', 'blog', '--out', '/nowhere/r.html');
    expect(unwritable).toMatchObject({ code: 'folder_unwritable', param: '--out' });
  });
});

describe('source rejects', () => {
  it('lists why pages are no documents, by code and stage', async () => {
    await cli.json('crawl');
    const codes = async (...filter: string[]) =>
      (await cli.json<readonly DeadLetter[]>('source', 'rejects', 'blog', ...filter)).map(
        ({ code, url }) => `${code} ${url.slice(ORIGIN.length)}`,
      );
    expect(await codes()).toEqual(expect.arrayContaining(['http_status /c', 'noindex /b']));
    expect(await codes('--code', 'noindex')).toEqual(['noindex /b']);
    expect(await codes('--stage', 'fetch')).toEqual(['http_status /c']);
    expect(await codes('--stage', 'fetch', '--code', 'noindex')).toEqual([]);
    expect(await cli.refused('source', 'rejects', 'blog', '--code', 'nope')).toMatchObject({
      exit: 2,
      param: '--code',
    });
  });

  it('lists a document whose page failed since, until it is back', async () => {
    await cli.json('crawl');
    const isListed = async () =>
      (await cli.json<readonly DeadLetter[]>('source', 'rejects', 'blog')).some(
        ({ url }) => url === `${ORIGIN}/a`,
      );
    expect(await isListed()).toBe(false);
    world.answer('/a', failed('/a'));
    await cli.json('crawl');
    expect(await isListed()).toBe(true);
    world.put('/a', post('Terns'), '"a"');
    await cli.json('crawl');
    expect(await isListed()).toBe(false);
  });
});
