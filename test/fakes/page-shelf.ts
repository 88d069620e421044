import { AppError } from '#domain/errors.ts';
import type { PageShelf } from '#ports/page-shelf.ts';
import { createFakePageFetcher, type FakeAnswer } from './page-fetcher.ts';

/** A shelf on a map of URL → outcome: what begins with a place's URL stands there. */
export function createFakePageShelf(pages: ReadonlyMap<string, FakeAnswer>): PageShelf {
  const fetcher = createFakePageFetcher(pages);
  return {
    list: async (place) => {
      const urls = [...pages.keys()].filter((url) => url.startsWith(place)).sort();
      if (urls.length > 0) return urls;
      throw new AppError('not_found', `nothing stands at ${place}`, { param: 'source' });
    },
    fetch: fetcher.fetch,
  };
}
