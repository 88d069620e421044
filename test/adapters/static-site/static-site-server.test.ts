import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { type StaticSite, serveStaticSite } from '#adapters/static-site/static-site-server.ts';
import { sha256 } from '#domain/hash.ts';

const PLACEHOLDER = 'https://blog.example';
const undo: (() => unknown)[] = [];

afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

function folderOf(files: Record<string, string | Buffer>): string {
  const folder = mkdtempSync(join(tmpdir(), 'static-site-'));
  undo.push(() => rmSync(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

async function serve(files: Record<string, string | Buffer>, port = 0): Promise<StaticSite> {
  const site = await serveStaticSite({ folder: folderOf(files), port });
  undo.push(() => site.close());
  return site;
}

const manifest = (more: object): string =>
  JSON.stringify({ origin: PLACEHOLDER, redirects: [], headers: [], ...more });

type Raw = { status: number; headers: IncomingHttpHeaders; body: Buffer };

/** A request as it is written: `fetch` would tidy the path and inflate the body. */
function raw(site: StaticSite, path: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<Raw>((resolve, reject) => {
    const { hostname, port } = new URL(site.origin);
    const sent = httpRequest({ hostname, port, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const { statusCode = 0, headers: received } = response;
        resolve({ status: statusCode, headers: received, body: Buffer.concat(chunks) });
      });
    });
    sent.on('error', reject).end();
  });
}

describe('paths', () => {
  const files = {
    'index.html': 'home',
    'about.html': 'about',
    'posts/one/index.html': 'one',
    'both.html': 'file',
    'both/index.html': 'folder',
    'a b/ü.html': 'odd name',
    'empty/note.txt': 'note',
    '.git/config': 'secret',
    '.well-known/security.txt': 'contact',
  };

  it.each([
    ['/', 200, 'home'],
    ['/?page=2', 200, 'home'],
    ['/about', 200, 'about'],
    ['/about.html', 200, 'about'],
    ['/both', 200, 'file'],
    ['/both/', 200, 'folder'],
    ['/a%20b/%C3%BC', 200, 'odd name'],
    ['/.well-known/security.txt', 200, 'contact'],
    ['http://elsewhere.example/about', 200, 'about'],
  ])('serves %s', async (path, status, body) => {
    const answer = await raw(await serve(files), path);
    expect([answer.status, answer.body.toString()]).toEqual([status, body]);
  });

  it.each([
    ['/nothing', 404],
    ['/about/', 404],
    ['/empty/', 404],
    ['/empty', 404],
    ['/.git/config', 404],
    ['//posts/one/', 404],
    ['/posts//one/', 404],
    ['/..', 400],
    ['/../package.json', 400],
    ['/posts/../../../../etc/passwd', 400],
    ['/%2e%2e/%2e%2e/etc/passwd', 400],
    ['/..%2f..%2fetc%2fpasswd', 400],
    ['/..%5c..%5cetc', 400],
    ['/about%00.html', 400],
    ['/%zz', 400],
    ['/%ff', 400],
    [`/${'x'.repeat(2_100)}`, 400],
  ])('answers %s with %i', async (path, status) => {
    expect((await raw(await serve(files), path)).status).toBe(status);
  });

  it('sends a folder without its slash to the one with it, query kept', async () => {
    const { status, headers } = await raw(await serve(files), '/posts/one?a=1?2&b=%20');
    expect([status, headers.location]).toEqual([301, '/posts/one/?a=1?2&b=%20']);
  });

  it('keeps escapes of a folder name when it redirects', async () => {
    const site = await serve({ 'a#b?c/index.html': 'odd' });
    const { headers } = await raw(site, '/a%23b%3Fc');
    expect(headers.location).toBe('/a%23b%3Fc/');
    expect((await raw(site, headers.location ?? '')).body.toString()).toBe('odd');
  });

  it('does not follow links out of the folder, but within it', async () => {
    const outside = folderOf({ 'secret.html': 'secret' });
    const folder = folderOf({ 'inside.html': 'inside' });
    symlinkSync(join(outside, 'secret.html'), join(folder, 'leak.html'));
    symlinkSync(outside, join(folder, 'leaks'));
    symlinkSync(join(folder, 'inside.html'), join(folder, 'alias.html'));
    const site = await serveStaticSite({ folder, port: 0 });
    undo.push(() => site.close());
    expect((await raw(site, '/leak.html')).status).toBe(404);
    expect((await raw(site, '/leaks/secret')).status).toBe(404);
    expect((await raw(site, '/alias')).body.toString()).toBe('inside');
  });

  it('uses the folder’s own 404 page', async () => {
    const site = await serve({
      '404.html': `<a href="${PLACEHOLDER}/">home</a>`,
      '_site.json': manifest({}),
    });
    const { status, headers, body } = await raw(site, '/lost', { 'if-none-match': '*' });
    expect(status).toBe(404);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers.etag).toBeUndefined();
    expect(body.toString()).toBe(`<a href="${site.origin}/">home</a>`);
  });
});

describe('methods', () => {
  it('answers HEAD with the headers of GET and no body', async () => {
    const site = await serve({ 'index.html': 'home '.repeat(200) });
    const got = await raw(site, '/', { 'accept-encoding': 'gzip' });
    const head = await raw(site, '/', { 'accept-encoding': 'gzip' }, 'HEAD');
    const { date: _, ...headers } = got.headers;
    expect(head.status).toBe(200);
    expect(head.headers).toMatchObject(headers);
    expect(head.body).toHaveLength(0);
    expect(Number(head.headers['content-length'])).toBe(got.body.length);
  });

  it.each(['POST', 'DELETE', 'OPTIONS'])('refuses %s', async (method) => {
    const { status, headers } = await raw(await serve({ 'index.html': 'x' }), '/', {}, method);
    expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
  });
});

describe('conditional requests', () => {
  const files = { 'index.html': `<p>${'text '.repeat(100)}</p>` };

  it('tags content with its own hash and answers 304 to it', async () => {
    const site = await serve(files);
    const { headers } = await raw(site, '/');
    expect(headers.etag).toBe(`"${sha256(files['index.html'])}"`);
    for (const tag of [headers.etag, `W/${headers.etag}`, `"x", ${headers.etag}`, '*']) {
      const again = await raw(site, '/', { 'if-none-match': String(tag) });
      expect([again.status, again.body.length, again.headers.etag]).toEqual([304, 0, headers.etag]);
    }
    expect((await raw(site, '/', { 'if-none-match': '"other"' })).status).toBe(200);
  });

  it('has another tag for gzip, which is met under gzip only', async () => {
    const site = await serve(files);
    const { headers } = await raw(site, '/', { 'accept-encoding': 'gzip' });
    const tag = { 'if-none-match': String(headers.etag) };
    expect((await raw(site, '/', { ...tag, 'accept-encoding': 'gzip' })).status).toBe(304);
    expect((await raw(site, '/', tag)).status).toBe(200);
  });

  it('goes by the date only when there is no tag', async () => {
    const folder = folderOf(files);
    const written = new Date('2026-03-01T10:00:00.700Z');
    utimesSync(join(folder, 'index.html'), written, written);
    const site = await serveStaticSite({ folder, port: 0 });
    undo.push(() => site.close());
    const at = (date: string) => ({ 'if-modified-since': date });
    const { headers } = await raw(site, '/');
    expect(headers['last-modified']).toBe('Sun, 01 Mar 2026 10:00:00 GMT');
    expect((await raw(site, '/', at('Sun, 01 Mar 2026 10:00:00 GMT'))).status).toBe(304);
    expect((await raw(site, '/', at('Sun, 01 Mar 2026 09:59:59 GMT'))).status).toBe(200);
    expect((await raw(site, '/', at('yesterday'))).status).toBe(200);
    const both = { ...at('Sun, 01 Mar 2026 10:00:00 GMT'), 'if-none-match': '"other"' };
    expect((await raw(site, '/', both)).status).toBe(200);
  });

  it('gives the same tag at the next start and another to another content', async () => {
    const page = (text: string) => ({
      'index.html': `<a href="${PLACEHOLDER}/">${text}</a>`,
      '_site.json': manifest({}),
    });
    const host = { host: 'blog.test:80' };
    const tags: unknown[] = [];
    for (const text of ['one', 'one', 'two']) {
      const site = await serve(page(text));
      tags.push((await raw(site, '/', host)).headers.etag);
    }
    expect(tags[0]).toBe(tags[1]);
    expect(tags[0]).not.toBe(tags[2]);
  });

  it('sees an edit while it serves', async () => {
    const folder = folderOf(files);
    const site = await serveStaticSite({ folder, port: 0 });
    undo.push(() => site.close());
    const { headers } = await raw(site, '/');
    writeFileSync(join(folder, 'index.html'), 'edited');
    const again = await raw(site, '/', { 'if-none-match': String(headers.etag) });
    expect([again.status, again.body.toString()]).toEqual([200, 'edited']);
  });
});

describe('gzip', () => {
  it.each([
    ['gzip', 'gzip'],
    ['br;q=1, gzip;q=0.5', 'gzip'],
    ['*', 'gzip'],
    ['GZIP', 'gzip'],
    ['gzip;q=0, *', undefined],
    ['br', undefined],
    ['', undefined],
  ])('answers Accept-Encoding "%s" with %s', async (accepted, encoding) => {
    const html = '<p>again</p>'.repeat(100);
    const site = await serve({ 'index.html': html });
    const { headers, body } = await raw(site, '/', { 'accept-encoding': accepted });
    expect(headers['content-encoding']).toBe(encoding);
    expect(headers.vary).toBe('Accept-Encoding');
    expect(Number(headers['content-length'])).toBe(body.length);
    expect((encoding ? gunzipSync(body) : body).toString()).toBe(html);
  });

  it('leaves images and tiny files alone', async () => {
    const site = await serve({ 'a.png': Buffer.alloc(2_000), 'tiny.html': 'x' });
    for (const path of ['/a.png', '/tiny.html']) {
      const { headers } = await raw(site, path, { 'accept-encoding': 'gzip' });
      expect(headers['content-encoding']).toBeUndefined();
    }
  });
});

describe('content types', () => {
  it.each([
    ['a.html', 'text/html; charset=utf-8'],
    ['A.HTML', 'text/html; charset=utf-8'],
    ['a.css', 'text/css; charset=utf-8'],
    ['a.xml', 'application/xml'],
    ['a.json', 'application/json'],
    ['a.txt', 'text/plain; charset=utf-8'],
    ['a.svg', 'image/svg+xml'],
    ['a.woff2', 'font/woff2'],
    ['CNAME', 'application/octet-stream'],
  ])('%s is %s', async (name, type) => {
    expect((await raw(await serve({ [name]: 'x' }), `/${name}`)).headers['content-type']).toBe(
      type,
    );
  });
});

describe('_site.json', () => {
  it('is never served', async () => {
    const site = await serve({ '_site.json': manifest({}) });
    for (const path of ['/_site.json', '/_site', '/%5Fsite.json']) {
      expect((await raw(site, path)).status).toBe(404);
    }
  });

  it('redirects', async () => {
    const redirects = [{ from: '/old/', to: '/new/', status: 301 }];
    const site = await serve({
      'new/index.html': 'new',
      'old/index.html': 'shadowed',
      '_site.json': manifest({ redirects }),
    });
    const { status, headers } = await raw(site, '/old/?x=1');
    expect([status, headers.location]).toEqual([301, '/new/']);
    const followed = await fetch(`${site.origin}/old/`);
    expect([followed.url, await followed.text()]).toEqual([`${site.origin}/new/`, 'new']);
  });

  it('sets headers of one path and leaves bytes of another charset as they are', async () => {
    const latin = Buffer.from(`<a href="${PLACEHOLDER}/">caf\xe9 \x80</a>`, 'latin1');
    const set = { 'content-type': 'text/html', 'x-robots-tag': 'noindex' };
    const site = await serve({
      'cafe/index.html': latin,
      'index.html': 'home',
      '_site.json': manifest({ headers: [{ path: '/cafe/', set }] }),
    });
    const { headers, body } = await raw(site, '/cafe/');
    expect(headers).toMatchObject(set);
    expect(body.equals(Buffer.from(`<a href="${site.origin}/">caf\xe9 \x80</a>`, 'latin1'))).toBe(
      true,
    );
    expect((await raw(site, '/')).headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
    });
  });

  it('rewrites the placeholder to the origin of each request, in text only', async () => {
    const text = `${PLACEHOLDER}/a ${PLACEHOLDER}/b`;
    const site = await serve({
      'sitemap.xml': text,
      'feed.json': text,
      'robots.txt': text,
      'a.png': text,
      '_site.json': manifest({}),
    });
    for (const path of ['/sitemap.xml', '/feed.json', '/robots.txt']) {
      const { body } = await raw(site, path, { host: 'other.test:81' });
      expect(body.toString()).toBe('http://other.test:81/a http://other.test:81/b');
    }
    expect((await raw(site, '/a.png')).body.toString()).toBe(text);
    expect((await raw(site, '/robots.txt', { host: 'a"><script>' })).status).toBe(400);
  });

  it.each([
    ['{', 'no site manifest'],
    ['[]', 'expected object'],
    [manifest({ redirects: [{ from: 'old', to: '/new', status: 301 }] }), 'redirects[0].from'],
    [manifest({ redirects: [{ from: '/old', to: '/new', status: 200 }] }), 'redirects[0].status'],
    [manifest({ headers: [{ path: '/', set: { a: 'x\r\ny: z' } }] }), 'headers[0].set.a'],
    [manifest({ extra: 1 }), 'extra'],
  ])('refuses to start with %s', async (text, named) => {
    await expect(serve({ '_site.json': text })).rejects.toMatchObject({
      code: 'invalid_config',
      message: expect.stringMatching(new RegExp(`_site\\.json[^]*${RegExp.escape(named)}`)),
    });
  });
});

describe('life', () => {
  it('logs what it answered, oldest first', async () => {
    const site = await serve({ 'index.html': 'home' });
    await raw(site, '/?a=1');
    await raw(site, '/lost', {}, 'HEAD');
    await raw(site, '/', {}, 'POST');
    expect(site.requests()).toEqual([
      { method: 'GET', path: '/?a=1', status: 200 },
      { method: 'HEAD', path: '/lost', status: 404 },
      { method: 'POST', path: '/', status: 405 },
    ]);
  });

  it('names a port that is taken, and the remedy', async () => {
    const first = await serve({});
    const port = Number(new URL(first.origin).port);
    await expect(serve({}, port)).rejects.toMatchObject({
      code: 'port_in_use',
      message: expect.stringMatching(new RegExp(`port ${port} .*--port`)),
    });
  });

  it('names a folder that is not there', async () => {
    const options = { folder: join(tmpdir(), 'no-such-folder'), port: 0 };
    await expect(serveStaticSite(options)).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining(options.folder),
    });
  });

  it('closes twice, and at an abort, with connections still open', async () => {
    const stop = new AbortController();
    const folder = folderOf({ 'index.html': 'home' });
    const site = await serveStaticSite({ folder, port: 0, signal: stop.signal });
    expect((await fetch(site.origin)).status).toBe(200);
    stop.abort();
    await site.close();
    await site.close();
    await expect(raw(site, '/')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('does not start under an aborted signal', async () => {
    const options = { folder: folderOf({}), port: 0, signal: AbortSignal.abort() };
    await expect(serveStaticSite(options)).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('answers many at once', async () => {
    const pages = Object.fromEntries(
      Array.from({ length: 200 }, (_, n) => [`posts/${n}/index.html`, `post ${n}`]),
    );
    const site = await serve(pages);
    const texts = await Promise.all(
      Object.keys(pages).map(async (_, n) => (await fetch(`${site.origin}/posts/${n}`)).text()),
    );
    expect(texts).toEqual(Object.values(pages));
    expect(site.requests()).toHaveLength(400);
  });
});
