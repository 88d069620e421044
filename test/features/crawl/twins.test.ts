import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type EmbeddedPostgres, startPglite } from '../../fakes/embedded-postgres.ts';
import { failed, home, moved, post } from './pages.ts';
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

describe('twins', () => {
  it('keep the shortest of many, and ask for none of them twice', async () => {
    const paths = ['/dddd', '/ccc', '/bb', '/a', '/eeeee'];
    world.put('/', home(...paths));
    for (const path of paths) world.put(path, post('Terns'));
    await world.crawl();
    expect(await world.live()).toEqual(['/a']);
    const asked = world.requests();
    expect(new Set(asked).size).toBe(asked.length);
    world.put('/', home(...paths));
    world.put('/a', post('Gulls'));
    await world.crawl();
    expect(await world.live()).toEqual(['/a', '/bb']);
  });

  it('let the other stand in when the kept one is gone, asks for no index, or moves', async () => {
    for (const end of ['gone', 'moved', 'noindex'] as const) {
      const [kept, copy] = [`/${end}`, `/${end}-copy`];
      world.put('/', home(kept, copy), `home-${end}`);
      world.put(kept, post(`Terns ${end}`), 'k');
      world.put(copy, post(`Terns ${end}`), 'c');
      await world.crawl();
      if (end === 'gone') world.remove(kept);
      if (end === 'moved') world.answer(kept, moved(kept, '/target'));
      if (end === 'noindex') {
        world.put(kept, post('x', { head: '<meta name="robots" content="noindex">' }));
      }
    }
    world.put('/target', post('Gulls'));
    await world.crawl();
    expect(await world.live()).toEqual(['/gone-copy', '/moved-copy', '/noindex-copy', '/target']);
  });

  it('are seen as such though one of them answers "unchanged" while the other is closed', async () => {
    world.put('/', home('/a', '/a-copy'));
    world.put('/a', post('Terns'), 'a');
    world.put('/a-copy', post('Terns'), 'c');
    await world.crawl();
    const { registry } = world.deps;
    const kept = (await registry.documents.list(null)).find(({ url }) => url.endsWith('/a'));
    // As a crawl that was killed right after it closed the document leaves it.
    world.answer('/a', failed('/a'));
    await registry.documents.close(kept?.id ?? '', world.deps.clock.now());
    await world.crawl();
    expect(await world.live()).toEqual(['/a-copy']);
    world.put('/a', post('Terns'), 'a');
    await world.crawl();
    expect(await world.live()).toEqual(['/a']);
  });

  it('of two sources stand in for each other', async () => {
    const list = world.other({ name: 'list', kind: 'list', paths: ['/in-list'] });
    world.put('/', home('/a'));
    world.put('/a', post('Terns'), 'a');
    world.put('/in-list', post('Terns'), 'l');
    await world.crawl();
    await list.crawl();
    expect(await world.live()).toEqual(['/a']);
    world.put('/a', post('Gulls'));
    await world.crawl();
    await list.crawl();
    expect(await world.live()).toEqual(['/a', '/in-list']);
    world.put('/a', post('Terns'), 'a');
    await world.crawl();
    expect(await world.live()).toEqual(['/a']);
    world.remove('/a');
    await world.crawl();
    await list.crawl();
    expect(await world.live()).toEqual(['/in-list']);
  });

  it('behind a temporary redirect are one document', async () => {
    world.put('/', home('/a', '/today'));
    world.put('/a', post('Terns'));
    world.answer('/today', moved('/today', '/a', 302));
    await world.crawl();
    expect(await world.live()).toEqual(['/a']);
    world.put('/today', post('Terns of today'));
    await world.crawl();
    world.answer('/today', moved('/today', '/a', 302));
    await world.crawl();
    expect(await world.live()).toEqual(['/a', '/today']);
  });
});

describe('two sources with one page', () => {
  it('bring its document back when either finds the page again', async () => {
    const list = world.other({ name: 'list', kind: 'list', paths: ['/a'] });
    world.put('/', home('/a'));
    world.put('/a', post('Terns'), 'a');
    await world.crawl();
    await list.crawl();
    world.remove('/a');
    await world.crawl();
    expect(await world.live()).toEqual([]);
    world.put('/a', post('Terns'), 'a');
    await list.crawl();
    expect(await world.live()).toEqual(['/a']);
  });
});
