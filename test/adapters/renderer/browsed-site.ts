import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { ClosablePageRenderer } from '#adapters/renderer/page-renderer.ts';
import type { FetchOutcome, FetchRequest, PageFetcher } from '#ports/page-fetcher.ts';
import { createRendering, REFUSED, type Served, serveAt } from './rendering.ts';

export const html = { 'content-type': 'text/html; charset=utf-8' };

/** A page whose script is this. */
export const script = (code: string) => `<!doctype html><main>empty</main><script>${code}</script>`;

export type BrowsedSite = {
  /** Bodies of pages and scripts by path. */
  readonly pages: Map<string, string>;
  readonly renderer: ClosablePageRenderer;
  readonly site: Served;
  /** What no page may reach. */
  readonly inside: Served;
  /** Puts a page up at `/page` and visits it. */
  visit(body: string, by?: PageFetcher, more?: Partial<FetchRequest>): Promise<FetchOutcome>;
  /** What has become of a page in the browser; the outcome when it gave none. */
  textOf(body: string, by?: PageFetcher): Promise<string>;
};

/** A site for each test, one that is out of reach, and one browser for all of a file's tests. */
export function browseSite(): BrowsedSite {
  const pages = new Map<string, string>();
  let renderer: ClosablePageRenderer;
  let site: Served;
  let inside: Served;

  beforeAll(() => {
    renderer = createRendering();
  });
  afterAll(() => renderer.close());
  beforeEach(async () => {
    pages.clear();
    inside = await serveAt(REFUSED, (_, response) =>
      response.writeHead(200, { ...html, 'access-control-allow-origin': '*' }).end('secret'),
    );
    site = await serveAt('127.0.0.1', ({ url = '' }, response) => {
      if (url.startsWith('/inward')) response.writeHead(302, { location: inside.origin }).end();
      else if (url.endsWith('.json')) response.end('{"text":"loaded later"}');
      else if (url.endsWith('.js'))
        response.writeHead(200, { 'content-type': 'text/javascript' }).end(pages.get(url));
      else if (url === '/endless') response.writeHead(200, html).write('a'.repeat(100_000));
      else response.writeHead(200, html).end(pages.get(url) ?? 'nothing here');
    });
  });
  afterEach(() => {
    site.close();
    inside.close();
  });

  async function visit(
    body: string,
    by: PageFetcher = renderer,
    more: Partial<FetchRequest> = {},
  ): Promise<FetchOutcome> {
    pages.set('/page', body);
    const request = { url: `${site.origin}/page`, etag: null, lastModified: null } as const;
    return by.fetch(
      { ...request, accept: 'page', redirects: 'follow', ...more },
      new AbortController().signal,
    );
  }

  async function textOf(body: string, by: PageFetcher = renderer): Promise<string> {
    const outcome = await visit(body, by);
    if (outcome.kind !== 'fetched') return JSON.stringify(outcome);
    expect(outcome.page.contentType).toBe('text/html; charset=utf-8');
    return new TextDecoder().decode(outcome.page.body);
  }

  return {
    pages,
    get renderer() {
      return renderer;
    },
    get site() {
      return site;
    },
    get inside() {
      return inside;
    },
    visit,
    textOf,
  };
}
