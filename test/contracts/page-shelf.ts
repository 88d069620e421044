import { afterEach, beforeEach, expect, it } from 'vitest';
import type { FetchRequest } from '#ports/page-fetcher.ts';
import type { PageShelf } from '#ports/page-shelf.ts';

/** Path → content of what stands on a shelf. */
export type ShelfPages = Readonly<Record<string, string>>;

export type StockedShelf = {
  readonly shelf: PageShelf;
  /** The place where it all stands, and one where nothing does. */
  readonly place: string;
  readonly nowhere: string;
  /** URL of what stands at a path. */
  urlOf(path: string): string;
  /** Puts other pages in place of all that there were. */
  restock(pages: ShelfPages): Promise<void>;
  close(): Promise<void>;
};

const PAGES: ShelfPages = {
  'README.md': '# Read me\n',
  'posts/one.md': '---\ntitle: One\n---\n\nÉtude №1\n',
  'posts/deep/two.markdown': '# Two\n',
  'posts/with space & ümlaut #1 100%.md': '# Odd\n',
  'posts/UPPER.MD': '# Upper\n',
  'posts/empty.md': '',
  'posts/jsx.mdx': '# JSX\n',
  'posts/picture.png': 'no page',
  'src/code.ts': 'no page',
  '.github/hidden.md': '# Hidden\n',
  'posts/.draft.md': '# Hidden\n',
  'node_modules/package/README.md': '# Not ours\n',
};
const LISTED = [
  'README.md',
  'posts/UPPER.MD',
  'posts/deep/two.markdown',
  'posts/empty.md',
  'posts/jsx.mdx',
  'posts/one.md',
  'posts/with space & ümlaut #1 100%.md',
];

/** What every `PageShelf` promises. `make` stocks an empty one. */
export function pageShelfContract(make: (pages: ShelfPages) => Promise<StockedShelf>): void {
  let stocked: StockedShelf;
  beforeEach(async () => {
    stocked = await make(PAGES);
  });
  afterEach(() => stocked.close());

  const { signal } = new AbortController();
  const list = (place = stocked.place) => stocked.shelf.list(place, signal);
  const request = (path: string, etag: string | null): FetchRequest => ({
    url: stocked.urlOf(path),
    etag,
    lastModified: null,
    accept: 'page',
    redirects: 'report',
  });
  const visit = (path: string, etag: string | null = null) =>
    stocked.shelf.fetch(request(path, etag), signal);
  const pageAt = async (path: string) => {
    const outcome = await visit(path);
    if (outcome.kind !== 'fetched') throw new Error(`${path} is ${JSON.stringify(outcome)}`);
    return outcome.page;
  };

  it('lists its pages alone, sorted, by absolute URLs', async () => {
    const urls = await list();
    expect(urls).toEqual(LISTED.map((path) => stocked.urlOf(path)).sort());
    expect(urls.map((url) => new URL(url).href)).toEqual(urls);
  });

  it('gives each page as it stands there', async () => {
    await list();
    for (const path of LISTED) {
      const page = await pageAt(path);
      expect(new TextDecoder().decode(page.body)).toBe(PAGES[path]);
      expect(page).toMatchObject({
        stage: 'raw',
        url: stocked.urlOf(path),
        status: 200,
        contentType: 'text/markdown; charset=utf-8',
        robotsTag: '',
      });
    }
  });

  it('says what a visit cost, and follows no redirect', async () => {
    await list();
    const outcome = await visit('README.md');
    expect(outcome).toMatchObject({ redirects: [], bytesReceived: PAGES['README.md']?.length });
    expect(outcome.elapsedMs).toBeGreaterThanOrEqual(0);
  });

  it('knows a page that has not changed, and one that has', async () => {
    await list();
    const { etag } = await pageAt('posts/one.md');
    expect(etag).toMatch(/^"[^"]+"$/);
    expect(await visit('posts/one.md', etag)).toMatchObject({
      kind: 'not_modified',
      url: stocked.urlOf('posts/one.md'),
      bytesReceived: 0,
    });
    await stocked.restock({ ...PAGES, 'posts/one.md': 'changed' });
    await list();
    const changed = await visit('posts/one.md', etag);
    expect(changed.kind).toBe('fetched');
    expect((await pageAt('README.md')).etag).not.toBe(etag);
  });

  it('gives a page as often as it is asked for', async () => {
    await list();
    const first = await pageAt('posts/one.md');
    expect(await pageAt('posts/one.md')).toEqual(first);
    const both = await Promise.all([pageAt('posts/one.md'), pageAt('posts/one.md')]);
    expect(both).toEqual([first, first]);
  });

  it('says that a page is gone which is not there any more, or is none', async () => {
    await list();
    await stocked.restock({ 'README.md': '# Alone\n' });
    expect(await list()).toEqual([stocked.urlOf('README.md')]);
    const gone = [
      'posts/one.md',
      'never/there.md',
      'posts/picture.png',
      '.github/hidden.md',
      'node_modules/package/README.md',
    ];
    for (const path of gone) {
      expect(await visit(path)).toMatchObject({ kind: 'gone', status: 404, bytesReceived: 0 });
    }
  });

  it('refuses what stands elsewhere, or was not listed', async () => {
    expect(await visit('README.md')).toMatchObject({ kind: 'failed', code: 'address_refused' });
    await list();
    for (const url of ['https://elsewhere.example/a.md', 'file:///etc/hosts.md', 'no URL']) {
      const outcome = await stocked.shelf.fetch({ ...request('README.md', null), url }, signal);
      expect(outcome).toMatchObject({ kind: 'failed', code: 'address_refused', retryable: false });
    }
  });

  it('has nothing where nothing is', async () => {
    await expect(list(stocked.nowhere)).rejects.toMatchObject({ code: 'not_found' });
  });

  it.each(['', 'ftp://a.example/b', 'file://elsewhere.example/a', '\0'])(
    'knows that %j is no place',
    (place) =>
      expect(list(place)).rejects.toMatchObject({
        code: expect.stringMatching(/^(?:invalid_input|not_found)$/),
        param: 'source',
      }),
  );

  it('stops when it is told to', async () => {
    await list();
    const aborted = AbortSignal.abort(new Error('enough'));
    const cancelled = { code: 'cancelled' };
    await expect(stocked.shelf.list(stocked.place, aborted)).rejects.toMatchObject(cancelled);
    await expect(stocked.shelf.fetch(request('README.md', null), aborted)).rejects.toMatchObject(
      cancelled,
    );
  });
}
