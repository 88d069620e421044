import { expect, it } from 'vitest';
import { pageOutcome } from '../../fakes/page-fetcher.ts';
import { home, moved, ORIGIN, prose } from './pages.ts';
import { createMemorySite, type MemorySite } from './world.ts';

/** Requests and calls of the registry in a first crawl, one of nothing new, and one of moves. */
async function costs(pages: number): Promise<readonly (readonly [number, number])[]> {
  const site = createMemorySite({ limits: { pagesMax: 1_000_000 } });
  const paths = Array.from({ length: pages }, (_, at) => `/post-${at}`);
  site.put('/', home(...paths), 'home');
  // Plain text, which costs nothing to extract; every second one has a twin.
  for (const [at, path] of paths.entries()) put(site, path, `Bird ${at - (at % 2)}`);
  const spent = [await cost(site), await cost(site)];
  for (const [at, path] of paths.entries()) {
    if (at % 2 === 0) put(site, path, `Bird ${at} as it is now`);
    else if (at % 4 === 1) site.answer(path, moved(path, paths[at - 1] ?? '/'));
  }
  spent.push(await cost(site));
  expect(await site.live()).toHaveLength(pages / 2 + Math.floor(pages / 4));
  return spent;
}

function put(site: MemorySite, path: string, topic: string): void {
  const text = `${prose(topic)}\n\n${prose(`the rest of ${topic}`)}`;
  const page = { contentType: 'text/plain', etag: topic };
  site.answer(path, pageOutcome(`${ORIGIN}${path}`, text, page));
}

async function cost(site: MemorySite): Promise<readonly [number, number]> {
  const before = site.registry.calls();
  site.requests();
  await site.crawl();
  return [site.requests().length, site.registry.calls() - before];
}

it('costs as much for each page of a large site as for each of a small one', async () => {
  const [small, large] = [await costs(200), await costs(4_000)];
  for (const [at, [requests, calls]] of large.entries()) {
    const [few, fewCalls] = small[at] ?? [0, 0];
    expect(requests / 4_000).toBeLessThanOrEqual(few / 200);
    expect(calls / 4_000).toBeLessThanOrEqual(fewCalls / 200 + 0.1);
  }
});
