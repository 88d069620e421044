import { describe, expect, it } from 'vitest';
import { browseSite, script } from './browsed-site.ts';
import { createRendering, missingBrowser } from './rendering.ts';

describe.skipIf(missingBrowser() !== null)('a page in the browser', () => {
  const world = browseSite();

  describe('that knows no bounds', () => {
    const bounded = (limits: Parameters<typeof createRendering>[0]) => {
      const by = createRendering(limits);
      return { by, [Symbol.asyncDispose]: () => by.close() };
    };

    it('ends with its time when its scripts never do, and the browser lives', async () => {
      await using tight = bounded({ limits: { renderMs: 2_500 } });
      const { by } = tight;
      expect(await world.visit(script('for (;;);'), by)).toMatchObject({
        kind: 'failed',
        code: 'timeout',
        retryable: true,
      });
      expect(await world.textOf('<main>next</main>', by)).toContain('<main>next</main>');
    });

    it('is taken as it is when it never comes to rest', async () => {
      await using tight = bounded({ limits: { settleMs: 600 } });
      const text = await world.textOf(
        script(
          `setInterval(() => { document.querySelector('main').textContent = Math.random(); }, 20)`,
        ),
        tight.by,
      );
      expect(text).toMatch(/<main>0\.\d+<\/main>/);
    });

    it('is too large when it grows past the cap', async () => {
      await using tight = bounded({ limits: { documentBytesMax: 100_000 } });
      const grown = await world.visit(script(`document.body.append('a'.repeat(5e6))`), tight.by);
      expect(grown).toMatchObject({ code: 'too_large', retryable: false });
      const wide = await world.visit(
        script(`document.body.append('\u20ac'.repeat(9e4))`),
        tight.by,
      );
      expect(wide).toMatchObject({ code: 'too_large' });
    });

    it('is too large when it loads more than it may', async () => {
      await using tight = bounded({ limits: { loadedBytesMax: 50_000 } });
      const outcome = await world.visit(
        script(`fetch('/endless').then((answer) => answer.text())`),
        tight.by,
      );
      expect(outcome).toMatchObject({ code: 'too_large' });
      expect(outcome.bytesReceived).toBeGreaterThan(50_000);
    });

    it('asks for no more than it may', async () => {
      await using tight = bounded({ limits: { requestsMax: 5 } });
      await world.textOf(
        script(`for (let at = 0; at < 50; at += 1) fetch('/' + at + '.json')`),
        tight.by,
      );
      expect(world.site.asked.filter((path) => path.endsWith('.json'))).toHaveLength(5);
    });

    it('brings down itself alone when it takes all memory', async () => {
      await using tight = bounded({ limits: { memoryMbMax: 64, renderMs: 20_000 } });
      const { by } = tight;
      const outcome = await world.visit(
        script(`const kept = []; for (;;) kept.push(new Array(1e6).fill({}))`),
        by,
      );
      expect(outcome).toMatchObject({ kind: 'failed' });
      expect(await world.textOf('<main>next</main>', by)).toContain('<main>next</main>');
    });

    it('opens no dialogue that waits for an answer', async () => {
      const text = await world.textOf(
        script(
          `alert(1); confirm(2); prompt(3); print(); document.querySelector('main').textContent = 'after'`,
        ),
      );
      expect(text).toContain('<main>after</main>');
    });

    it.each([
      ['nests 5,000 deep', '<div>'.repeat(5_000)],
      [
        'nests 5,000 deep in a shadow',
        `<x-deep></x-deep><script>document.querySelector('x-deep').attachShadow({ mode: 'open' }).innerHTML = '<div>'.repeat(400) + 'deep'</script>`,
      ],
      [
        'lies about its world',
        script(`Object.defineProperty(Element.prototype, 'outerHTML', { get: () => ({}) })`),
      ],
    ])('and %s is fetched or refused', async (_, body) => {
      const outcome = await world.visit(body);
      expect(['fetched', 'failed']).toContain(outcome.kind);
    });
  });

  describe('when it is not wanted any more', () => {
    it('is cancelled', async () => {
      const controller = new AbortController();
      world.pages.set('/page', script('for (;;);'));
      const request = { url: `${world.site.origin}/page`, etag: null, lastModified: null } as const;
      const visiting = world.renderer.fetch(
        { ...request, accept: 'page', redirects: 'follow' },
        controller.signal,
      );
      await new Promise((next) => setTimeout(next, 300));
      controller.abort();
      await expect(visiting).rejects.toMatchObject({ code: 'cancelled' });
      expect(await world.textOf('<main>next</main>')).toContain('<main>next</main>');
    });

    it('so are all when the renderer is closed', async () => {
      const own = createRendering({ limits: { pagesMax: 1 } });
      const visits = [world.visit(script('for (;;);'), own), world.visit(script('for (;;);'), own)];
      const ended = Promise.allSettled(visits);
      await new Promise((next) => setTimeout(next, 300));
      await own.close();
      for (const outcome of await ended) {
        expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'cancelled' } });
      }
      await expect(world.visit('late', own)).rejects.toMatchObject({ code: 'cancelled' });
    });
  });
});
