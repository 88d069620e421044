import type { Browser } from 'playwright-core';
import { AppError } from '#domain/errors.ts';
import { type BrowserOptions, startBrowser } from './browser.ts';
import {
  type GuardingProxy,
  type GuardingProxyOptions,
  openGuardingProxy,
} from './guarding-proxy.ts';

export type HouseOptions = Omit<BrowserOptions, 'proxy'> & GuardingProxyOptions;

type OpenHouse = { readonly browser: Browser; readonly proxy: GuardingProxy };

/** One browser and its way out, opened when needed, and again when the browser has ended. */
export type House = {
  /** Rejects with `invalid_config` when no browser starts, with `cancelled` once it is closed. */
  open(): Promise<OpenHouse>;
  close(): Promise<void>;
};

export function createHouse(options: HouseOptions): House {
  let opening: Promise<OpenHouse> | null = null;
  let closed = false;

  async function openBoth(): Promise<OpenHouse> {
    const proxy = await openGuardingProxy(options);
    try {
      const browser = await startBrowser({ ...options, proxy });
      browser.once('disconnected', () => {
        opening = null;
        proxy.close().catch(() => undefined);
      });
      return { browser, proxy };
    } catch (thrown) {
      opening = null;
      await proxy.close();
      throw thrown;
    }
  }

  return {
    async open() {
      if (closed) throw new AppError('cancelled', 'the renderer was closed');
      opening ??= openBoth();
      return opening;
    },
    async close() {
      closed = true;
      const opened = await opening?.catch(() => null);
      await opened?.browser.close();
      await opened?.proxy.close();
    },
  };
}
