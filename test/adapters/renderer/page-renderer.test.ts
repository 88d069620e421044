import { describe, expect, it } from 'vitest';
import { pageFetcherContract, type SitePage } from '../../contracts/page-fetcher.ts';
import { browseSite, html, script } from './browsed-site.ts';
import { createRendering, missingBrowser, serveAt } from './rendering.ts';

const missing = missingBrowser();
if (missing !== null) process.stderr.write(`${missing}\n`);

describe.skipIf(missing !== null)('page renderer', () => {
  pageFetcherContract(
    async (site) => {
      const served = await serveAt('127.0.0.1', ({ url = '', headers }, response) => {
        const { status, headers: own = {}, body = '' }: SitePage = site[url] ?? { status: 404 };
        const { etag, 'last-modified': date } = own;
        const isUnchanged = headers['if-none-match']
          ? headers['if-none-match'] === etag
          : date !== undefined && headers['if-modified-since'] === date;
        response.writeHead(isUnchanged ? 304 : status, own).end(isUnchanged ? '' : body);
      });
      const fetcher = createRendering();
      const close = async () => {
        await fetcher.close();
        served.close();
      };
      return { fetcher, origin: served.origin, close };
    },
    { bodyOf: (body) => `<html><head></head><body>${body}</body></html>` },
  );
});

describe.skipIf(missing !== null)('a page in the browser', () => {
  const world = browseSite();

  it('is what its scripts have made of it, and is asked for once', async () => {
    const text = await world.textOf(
      script(`
      fetch('/text.json').then((answer) => answer.json()).then(({ text }) => {
        setTimeout(() => { document.querySelector('main').textContent = text + ' \u00e4'; }, 50);
      });`),
    );
    expect(text).toContain('<!DOCTYPE html>');
    expect(text).toContain('<main>loaded later \u00e4</main>');
    expect(world.site.asked).toEqual(['/page', '/text.json']);
  });

  it('says who it is, as its fetcher does', async () => {
    expect(await world.textOf(script('document.body.append(navigator.userAgent)'))).toContain(
      'LockstepTest/1.0',
    );
  });

  it('shows what shadow roots show, in its place', async () => {
    const text = await world.textOf(`<x-post><b>light</b></x-post><script>
      customElements.define('x-post', class extends HTMLElement {
        connectedCallback() {
          const root = this.attachShadow({ mode: 'open' });
          root.innerHTML = '<h1>shadow</h1><slot></slot><x-note></x-note>';
        }
      });
      customElements.define('x-note', class extends HTMLElement {
        connectedCallback() { this.attachShadow({ mode: 'open' }).innerHTML = '<p>note</p>'; }
      });</script>`);
    expect(text).toContain(
      '<x-post><h1>shadow</h1><slot><b>light</b></slot><x-note><p>note</p></x-note></x-post>',
    );
  });

  it('loads no images, fonts, films or frames', async () => {
    world.pages.set('/module.js', 'document.body.append("module ran")');
    const text = await world.textOf(`<link rel="preload" as="font" href="/font.woff2" crossorigin>
      <style>body { background: url(/background.png); }</style><img src="/image.png">
      <video src="/film.mp4" autoplay></video><iframe src="/frame"></iframe>
      <script type="module" src="/module.js"></script>`);
    expect(text).toContain('module ran');
    expect(world.site.asked).toEqual(['/page', '/module.js']);
  });

  it('of plain text is not opened', async () => {
    const plain = await serveAt('127.0.0.1', (_, response) =>
      response.writeHead(200, { 'content-type': 'text/plain' }).end('<script>1</script>'),
    );
    const outcome = await world.visit('', world.renderer, { url: `${plain.origin}/` });
    plain.close();
    expect(outcome).toMatchObject({ kind: 'fetched', page: { contentType: 'text/plain' } });
  });

  describe('that leads elsewhere by script', () => {
    it('is a redirect', async () => {
      world.pages.set('/next', '<main>the next page</main>');
      const outcome = await world.visit(script(`location.replace('/next#part')`));
      const redirect = {
        from: `${world.site.origin}/page`,
        to: `${world.site.origin}/next`,
        status: 302,
      };
      expect(outcome).toMatchObject({
        kind: 'fetched',
        redirects: [redirect],
        page: { url: redirect.to },
      });
      expect(world.site.asked).toEqual(['/page', '/next']);
    });

    it('is reported when that is asked for', async () => {
      const outcome = await world.visit(script(`location.href = '/next'`), world.renderer, {
        redirects: 'report',
      });
      expect(outcome).toMatchObject({
        kind: 'redirected',
        url: `${world.site.origin}/page`,
        to: `${world.site.origin}/next`,
      });
      expect(world.site.asked).toEqual(['/page']);
    });

    it('is refused where it may not go', async () => {
      const outcome = await world.visit(script(`location.href = '${world.inside.origin}/'`));
      expect(outcome).toMatchObject({
        kind: 'failed',
        code: 'address_refused',
        redirects: [{ status: 302 }],
      });
      expect(world.inside.asked).toEqual([]);
    });

    it('and back is a loop', async () => {
      world.pages.set('/back', script(`location.replace('/page')`));
      expect(await world.visit(script(`location.replace('/back')`))).toMatchObject({
        code: 'redirect_loop',
      });
    });

    it('to itself or to no page stays', async () => {
      expect(await world.textOf(script(`if (!location.hash) location.reload()`))).toContain(
        '<main>empty</main>',
      );
      expect(await world.textOf(script(`location.href = 'mailto:a@b.example'`))).toContain(
        '<main>empty</main>',
      );
      expect(await world.textOf(script(`location.hash = 'part'`))).toContain('<main>empty</main>');
    });
  });
});

describe('without a browser', () => {
  const request = { url: 'http://127.0.0.1:1/', etag: null, lastModified: null } as const;
  const { signal } = new AbortController();

  it('a page says what to do about it', async () => {
    const renderer = createRendering({ executablePath: '/nowhere/chromium' });
    const visiting = renderer.fetch({ ...request, accept: 'page', redirects: 'follow' }, signal);
    await expect(visiting).rejects.toMatchObject({
      code: 'invalid_config',
      param: 'LOCKSTEP_CHROMIUM',
      message: expect.stringContaining('/nowhere/chromium'),
    });
    await renderer.close();
  });

  it('a robots.txt is fetched all the same', async () => {
    const renderer = createRendering({ executablePath: '/nowhere/chromium' });
    const outcome = await renderer.fetch(
      { ...request, accept: 'robots', redirects: 'follow' },
      signal,
    );
    expect(outcome).toMatchObject({ kind: 'failed', code: 'unreachable' });
    await renderer.close();
  });

  it('a program that is none says that it cannot be started', async () => {
    const site = await serveAt('127.0.0.1', (_, response) =>
      response.writeHead(200, html).end('page'),
    );
    const renderer = createRendering({ executablePath: '/bin/false' });
    const visiting = renderer.fetch(
      { ...request, url: site.origin, accept: 'page', redirects: 'follow' },
      signal,
    );
    await expect(visiting).rejects.toMatchObject({
      code: 'invalid_config',
      message: expect.stringContaining('/bin/false'),
    });
    await renderer.close();
    site.close();
  });
});
