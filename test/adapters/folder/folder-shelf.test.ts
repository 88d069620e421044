import { chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFolderShelf, type FolderLimits } from '#adapters/folder/folder-shelf.ts';
import type { PageShelf } from '#ports/page-shelf.ts';
import { pageShelfContract, type ShelfPages } from '../../contracts/page-shelf.ts';
import { createFakeClock } from '../../fakes/clock.ts';

const { signal } = new AbortController();
const makeShelf = (limits: Partial<FolderLimits> = {}): PageShelf =>
  createFolderShelf({ clock: createFakeClock(), limits });

async function write(folder: string, pages: ShelfPages): Promise<void> {
  for (const [path, content] of Object.entries(pages)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockstep-shelf-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const urlOf = (path: string) => pathToFileURL(join(folder, path)).href;
const visit = (
  shelf: PageShelf,
  url: string,
  etag: string | null = null,
  date: string | null = null,
) => shelf.fetch({ url, etag, lastModified: date, accept: 'page', redirects: 'report' }, signal);

describe.each([
  ['a path', (path: string) => path],
  ['a file: URL', (path: string) => pathToFileURL(path).href],
])('keeps the contract, named by %s', (_name, placeOf) => {
  pageShelfContract(async (pages) => {
    const root = join(folder, 'root of pages');
    await write(root, pages);
    return {
      shelf: makeShelf(),
      place: placeOf(root),
      nowhere: placeOf(join(folder, 'nowhere')),
      urlOf: (path) => pathToFileURL(join(root, path)).href,
      restock: async (other) => {
        await rm(root, { recursive: true });
        await write(root, other);
      },
      close: async () => undefined,
    };
  });
});

describe('what stands there', () => {
  it('gives HTML its own type, and lists no other files', async () => {
    await write(folder, { 'a.html': 'A', 'b.HTM': 'B', 'c.xhtml': 'C', 'd.txt': 'D', e: 'E' });
    const shelf = makeShelf();
    expect(await shelf.list(folder, signal)).toEqual(['a.html', 'b.HTM', 'c.xhtml'].map(urlOf));
    const types = ['a.html', 'b.HTM', 'c.xhtml'].map(async (name) => {
      const outcome = await visit(shelf, urlOf(name));
      return outcome.kind === 'fetched' ? outcome.page.contentType : outcome.kind;
    });
    const html = 'text/html';
    expect(await Promise.all(types)).toEqual([html, html, 'application/xhtml+xml']);
    expect(await visit(shelf, urlOf('d.txt'))).toMatchObject({ kind: 'gone' });
  });

  it('compares what is in a file, and without an etag its date', async () => {
    await write(folder, { 'a.md': 'same' });
    const shelf = makeShelf();
    await shelf.list(folder, signal);
    const first = await visit(shelf, urlOf('a.md'));
    if (first.kind !== 'fetched') throw new Error(first.kind);
    const { etag, lastModified } = first.page;
    // Checked out anew: another date, the same text.
    await utimes(join(folder, 'a.md'), 1_000, 1_000);
    expect((await visit(shelf, urlOf('a.md'), etag, lastModified)).kind).toBe('not_modified');
    expect((await visit(shelf, urlOf('a.md'), null, lastModified)).kind).toBe('fetched');
    const date = new Date(1_000_000).toUTCString();
    expect((await visit(shelf, urlOf('a.md'), null, date)).kind).toBe('not_modified');
    // Of the same length and with the same date, which a date alone would not tell.
    await write(folder, { 'a.md': 'SAME' });
    await utimes(join(folder, 'a.md'), 1_000, 1_000);
    expect((await visit(shelf, urlOf('a.md'), etag)).kind).toBe('fetched');
  });

  it('may be named through a link, and keeps that name', async () => {
    await write(folder, { 'release-1/a.md': 'one' });
    await symlink(join(folder, 'release-1'), join(folder, 'current'));
    const shelf = makeShelf();
    expect(await shelf.list(join(folder, 'current'), signal)).toEqual([urlOf('current/a.md')]);
    expect((await visit(shelf, urlOf('current/a.md'))).kind).toBe('fetched');
  });
});

describe('links', () => {
  it('are not followed, into the folder, out of it, or in circles', async () => {
    await write(folder, { 'outside/secret.md': 'secret', 'root/a.md': 'A', 'root/sub/b.md': 'B' });
    const root = join(folder, 'root');
    await symlink(join(folder, 'outside'), join(root, 'out'));
    await symlink(join(folder, 'outside/secret.md'), join(root, 'out.md'));
    await symlink(join(root, 'a.md'), join(root, 'again.md'));
    await symlink(root, join(root, 'sub/circle'));
    await symlink(join(folder, 'nowhere'), join(root, 'dangling.md'));
    const shelf = makeShelf();
    expect(await shelf.list(root, signal)).toEqual(['root/a.md', 'root/sub/b.md'].map(urlOf));
    const asked = ['root/out/secret.md', 'root/out.md', 'root/again.md', 'root/dangling.md'];
    for (const path of [...asked, 'root/sub/circle/a.md']) {
      expect(await visit(shelf, urlOf(path))).toMatchObject({ kind: 'gone' });
    }
    expect(await visit(shelf, urlOf('outside/secret.md'))).toMatchObject({
      kind: 'failed',
      code: 'address_refused',
    });
  });

  it('are not followed when they come after the listing', async () => {
    await write(folder, { 'outside/a.md': 'secret', 'root/sub/a.md': 'A' });
    const shelf = makeShelf();
    const [url = ''] = await shelf.list(join(folder, 'root'), signal);
    await rm(join(folder, 'root/sub'), { recursive: true });
    await symlink(join(folder, 'outside'), join(folder, 'root/sub'));
    expect(await visit(shelf, url)).toMatchObject({ kind: 'gone' });
  });

  it.each(['root/../outside/a.md', 'root/%2e%2e/outside/a.md', 'root/..%2foutside/a.md'])(
    'and no way leads out by dots: %s',
    async (path) => {
      await write(folder, { 'outside/a.md': 'secret', 'root/b.md': 'B' });
      const shelf = makeShelf();
      await shelf.list(join(folder, 'root'), signal);
      expect(await visit(shelf, `${pathToFileURL(folder).href}/${path}`)).toMatchObject({
        kind: 'failed',
        code: 'address_refused',
      });
    },
  );
});

describe('what cannot be read', () => {
  it('is no folder', async () => {
    await write(folder, { 'a.md': 'A' });
    const listing = makeShelf().list(join(folder, 'a.md'), signal);
    await expect(listing).rejects.toMatchObject({ code: 'invalid_input', param: 'source' });
  });

  // Root may read everything.
  it.skipIf(process.getuid?.() === 0)('is said, and its pages do not pass for gone', async () => {
    await write(folder, { 'a.md': 'A', 'sub/b.md': 'B' });
    const shelf = makeShelf();
    await shelf.list(folder, signal);
    await chmod(join(folder, 'a.md'), 0);
    expect(await visit(shelf, urlOf('a.md'))).toMatchObject({
      kind: 'failed',
      code: 'unreachable',
      message: expect.stringMatching(/a\.md.*EACCES/),
    });
    await chmod(join(folder, 'sub'), 0);
    const listing = shelf.list(folder, signal);
    await expect(listing).rejects.toMatchObject({ code: 'unreachable' });
    await expect(listing).rejects.toThrow(/sub.*EACCES/);
    await chmod(join(folder, 'sub'), 0o700);
  });

  it('is no file, whatever it is called', async () => {
    await mkdir(join(folder, 'folder.md'));
    const shelf = makeShelf();
    expect(await shelf.list(folder, signal)).toEqual([]);
    expect(await visit(shelf, urlOf('folder.md'))).toMatchObject({ kind: 'gone' });
  });
});

describe('bounds', () => {
  it('refuses a file that is too large, and a folder of too many', async () => {
    await write(folder, { 'a.md': 'x'.repeat(11), 'b.md': 'small', 'c.ts': '' });
    const shelf = makeShelf({ fileBytesMax: 10 });
    await shelf.list(folder, signal);
    expect(await visit(shelf, urlOf('a.md'))).toMatchObject({ kind: 'failed', code: 'too_large' });
    expect((await visit(shelf, urlOf('b.md'))).kind).toBe('fetched');
    const tooLarge = { code: 'too_large', param: 'source' };
    await expect(makeShelf({ pagesMax: 1 }).list(folder, signal)).rejects.toMatchObject(tooLarge);
    await expect(makeShelf({ entriesMax: 2 }).list(folder, signal)).rejects.toMatchObject(tooLarge);
  });
});
