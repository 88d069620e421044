import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type EmbeddedPostgres, startPglite } from '../../fakes/embedded-postgres.ts';
import { goneOutcome } from '../../fakes/page-fetcher.ts';
import { canonical, failed, home, moved, NOINDEX, ORIGIN, post, stub } from './pages.ts';
import { createWorld, type World } from './world.ts';

let postgres: EmbeddedPostgres;
let world: World;
beforeAll(async () => {
  postgres = await startPglite();
});
afterAll(() => postgres.close());
beforeEach(async () => {
  world = await createWorld(postgres);
});
afterEach(() => world.close());

const closed = async () =>
  (await world.deps.registry.documents.list(null))
    .filter(({ status }) => status === 'closed')
    .map(({ url }) => url.slice(ORIGIN.length));

describe('a document that has moved', () => {
  it('closes at the end of a chain of redirects', async () => {
    world.put('/', home('/a'));
    world.put('/a', post('Terns'));
    await world.crawl();
    world.answer('/a', moved('/a', '/b'));
    world.answer('/b', moved('/b', '/c', 302));
    world.answer('/c', moved('/c', '/d', 308));
    world.put('/d', post('Terns'));
    expect((await world.crawl()).counts).toMatchObject({ moved: 3, new: 1, closed: 1 });
    expect(await world.live()).toEqual(['/d']);
  });

  it('closes even if nothing links to it any more when its target is back', async () => {
    world.put('/', home('/a'));
    world.put('/a', post('Terns'));
    await world.crawl();
    world.answer('/a', moved('/a', '/new'));
    world.answer('/new', failed('/new'));
    await world.crawl();
    world.put('/', home());
    world.put('/new', post('Terns'));
    await world.crawl();
    expect(await world.live()).toEqual(['/new']);
  });

  it('closes when its target was found by a link before, and taken for its twin', async () => {
    world.put('/', home('/a'));
    world.put('/a', post('Terns'));
    await world.crawl();
    world.put('/', home('/longer', '/a'));
    world.put('/longer', post('Terns'));
    world.answer('/a', moved('/a', '/longer'));
    await world.crawl();
    expect(await world.live()).toEqual(['/longer']);
  });

  it('closes when its target is the twin of another document', async () => {
    world.put('/', home('/a', '/x'));
    world.put('/a', post('Terns'));
    world.put('/x', post('Gulls'));
    await world.crawl();
    world.answer('/a', moved('/a', '/copy-of-x'));
    world.put('/copy-of-x', post('Gulls'));
    await world.crawl();
    expect(await world.live()).toEqual(['/x']);
  });

  it('stays as it was while the redirects go in a circle', async () => {
    world.put('/', home('/a'));
    world.put('/a', post('Terns'));
    await world.crawl();
    world.answer('/a', moved('/a', '/b'));
    world.answer('/b', moved('/b', '/a'));
    await world.crawl();
    await world.crawl();
    expect(await world.live()).toEqual(['/a']);
    world.put('/b', post('Terns'));
    await world.crawl();
    expect(await world.live()).toEqual(['/b']);
  });

  it('never closes another document, of which its page was only a twin', async () => {
    world.put('/', home('/x', '/copy'));
    world.put('/x', post('Terns'));
    world.put('/copy', post('Terns'));
    await world.crawl();
    world.answer('/copy', moved('/copy', '/other'));
    world.put('/other', post('Gulls'));
    await world.crawl();
    expect(await world.live()).toEqual(['/other', '/x']);
    expect(await closed()).toEqual([]);
  });

  it('goes with a temporary redirect only once that is permanent', async () => {
    world.put('/', home('/a'));
    world.put('/a', post('Terns'));
    await world.crawl();
    world.answer('/a', moved('/a', '/tmp', 307));
    world.put('/tmp', post('Terns'));
    await world.crawl();
    expect(await world.live()).toEqual(['/a']);
    world.answer('/a', moved('/a', '/tmp', 301));
    await world.crawl();
    expect(await world.live()).toEqual(['/tmp']);
  });
});

describe('a page that points elsewhere', () => {
  it('is followed when it is unchanged, and its target has failed before', async () => {
    world.put('/', home('/print'), 'h1');
    world.put('/print', post('Terns', { head: canonical('/a') }), 'p1');
    world.answer('/a', failed('/a'));
    await world.crawl();
    expect(await world.live()).toEqual([]);
    world.put('/a', post('Terns'));
    await world.crawl();
    expect(await world.live()).toEqual(['/a']);
  });

  it('stays itself when the canonical page is not there', async () => {
    world.put('/', home('/a', '/b'));
    world.put('/a', post('Terns', { head: canonical('/missing') }));
    world.put('/b', post('Gulls', { head: canonical('/a') }));
    await world.crawl();
    expect(await world.live()).toEqual(['/a']);
    world.requests();
    await world.crawl();
    expect(await world.live()).toEqual(['/a']);
    expect(world.requests().filter((path) => path === '/a')).toHaveLength(1);
  });

  it('is given up with its target when it only sends its readers there', async () => {
    world.put('/', home('/stub'));
    world.put('/stub', stub('/missing'));
    await world.crawl();
    expect(await world.live()).toEqual([]);
    expect(await world.letters()).toEqual(
      expect.arrayContaining(['meta_refresh /stub', 'gone /missing']),
    );
  });

  it('takes its former document along through a chain of pointers', async () => {
    world.put('/', home('/a'));
    world.put('/a', post('Terns'));
    await world.crawl();
    world.put('/a', post('Terns', { head: canonical('/b') }));
    world.put('/b', stub('/c'));
    world.put('/c', post('Terns'));
    await world.crawl();
    expect(await world.live()).toEqual(['/c']);
  });

  it.each([
    [['/a', '/bb', '/ccc']],
    [['/ccc', '/a', '/bb']],
    [['/bb', '/ccc', '/a']],
    [['/ccc', '/bb', '/a']],
  ])('keeps the same one of three in a circle, found as %j', async (links) => {
    world.put('/', home(...links));
    world.put('/a', post('Terns', { head: canonical('/bb') }));
    world.put('/bb', post('Terns', { head: canonical('/ccc') }));
    world.put('/ccc', post('Terns', { head: canonical('/a') }));
    await world.crawl();
    expect(await world.live()).toEqual(['/a']);
    await world.crawl();
    expect(await world.live()).toEqual(['/a']);
  });

  it.each([[['/a', '/bb']], [['/bb', '/a']]])(
    'keeps the one with a content of two in a circle, found as %j',
    async (links) => {
      world.put('/', home(...links, '/c', '/dd'));
      world.answer('/a', moved('/a', '/bb'));
      world.put('/bb', post('Terns', { head: canonical('/a') }));
      world.put('/c', stub('/dd'));
      world.put('/dd', post('Gulls', { head: canonical('/c') }));
      await world.crawl();
      expect(await world.live()).toEqual(['/bb', '/dd']);
    },
  );
});

describe('a document whose page fails', () => {
  it('is closed by a noindex, whatever its page was in between', async () => {
    world.put('/', home('/a'));
    world.put('/a', post('Terns'));
    await world.crawl();
    world.put('/a', '<html><body><p>Under maintenance.</p></body></html>');
    await world.crawl();
    expect(await world.live()).toEqual(['/a']);
    world.put('/a', post('Terns', { head: NOINDEX }));
    await world.crawl();
    expect(await world.live()).toEqual([]);
  });

  it('is closed when it is gone, though nothing links to it and its page had failed', async () => {
    world.put('/', home('/a', '/b'));
    world.put('/a', post('Terns'));
    world.put('/b', post('Gulls'));
    await world.crawl();
    world.put('/', home('/b'));
    world.put('/a', '<html><body><p>Under maintenance.</p></body></html>');
    await world.crawl();
    world.answer('/a', failed('/a'));
    await world.crawl();
    expect(await world.live()).toEqual(['/a', '/b']);
    world.remove('/a');
    await world.crawl();
    expect(await world.live()).toEqual(['/b']);
  });

  it('is kept when its page is gone at the first look and back at the second', async () => {
    world.put('/', home('/a'));
    world.put('/a', post('Terns'), 'a1');
    await world.crawl();
    world.put('/', home('/a'));
    let looks = 0;
    const page = post('Terns');
    world.answer('/a', () => {
      looks += 1;
      if (looks > 1) world.put('/a', page, 'a1');
      return looks === 1 ? goneOutcome(`${ORIGIN}/a`, 410) : failed('/a', 503);
    });
    const { counts } = await world.crawl();
    expect(counts).not.toHaveProperty('closed');
    expect(counts).toMatchObject({ 'rejected.http_status': 1 });
    await world.crawl();
    expect(await world.live()).toEqual(['/a']);
    world.remove('/a');
    await world.crawl();
    expect(await world.live()).toEqual([]);
  });

  it('is not closed by the end of a page that was once its twin', async () => {
    world.put('/', home('/x', '/copy'));
    world.put('/x', post('Terns'));
    world.put('/copy', post('Terns'));
    await world.crawl();
    world.remove('/copy');
    for (let time = 0; time < 3; time += 1) await world.crawl();
    expect(await world.live()).toEqual(['/x']);
  });
});
