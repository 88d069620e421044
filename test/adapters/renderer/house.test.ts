import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGuardedDial } from '#adapters/fetcher/guarded-dial.ts';
import { createHouse, type House } from '#adapters/renderer/house.ts';
import { RENDER_LIMITS } from '#adapters/renderer/limits.ts';
import { renderPage } from '#adapters/renderer/render-page.ts';
import { systemClock, systemIds } from '#adapters/system/system.ts';
import { script } from './browsed-site.ts';
import { CHROMIUM, missingBrowser } from './rendering.ts';

const { signal } = new AbortController();

describe.skipIf(missingBrowser() !== null)('the house', () => {
  let house: House;
  beforeEach(() => {
    house = createHouse({
      executablePath: CHROMIUM,
      limits: RENDER_LIMITS,
      dial: createGuardedDial({ allowNetworks: [], connectMs: 1_000 }),
      nextSecret: systemIds.next,
    });
  });
  afterEach(() => house.close());

  it('opens once for all who come, and again when its browser has ended', async () => {
    const [first, second] = await Promise.all([house.open(), house.open()]);
    expect(second.browser).toBe(first.browser);
    await first.browser.close();
    const third = await house.open();
    expect(third.browser).not.toBe(first.browser);
    expect(third.browser.isConnected()).toBe(true);
    expect(third.proxy.server).not.toBe(first.proxy.server);
  });

  it('opens no more when it is closed', async () => {
    const { browser } = await house.open();
    await house.close();
    expect(browser.isConnected()).toBe(false);
    await expect(house.open()).rejects.toMatchObject({ code: 'cancelled' });
    await house.close();
  });

  it('that loses its browser fails the page so that it may be asked for again', async () => {
    const { browser, proxy } = await house.open();
    const page = {
      stage: 'raw',
      url: 'http://blog.example/',
      status: 200,
      body: new TextEncoder().encode(script('for (;;);')),
      contentType: 'text/html',
      etag: null,
      lastModified: null,
      robotsTag: '',
    } as const;
    const rendering = renderPage(browser, page, {
      limits: RENDER_LIMITS,
      userAgent: 'LockstepTest/1.0',
      proxyServer: proxy.server,
      admission: proxy.admit(),
      clock: systemClock,
      signal,
    });
    const failing = expect(rendering).rejects.toMatchObject({
      code: 'upstream_unavailable',
      retryable: true,
    });
    await browser.close();
    await failing;
  });
});
