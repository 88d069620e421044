import { tmpdir } from 'node:os';
import type { Browser } from 'playwright-core';
import { AppError } from '#domain/errors.ts';
import { findChromium } from './chromium-path.ts';
import type { GuardingProxy } from './guarding-proxy.ts';
import type { RenderLimits } from './limits.ts';

export type BrowserOptions = {
  /** Of Chromium or Chrome; looked for at the usual places when `null`. */
  readonly executablePath: string | null;
  readonly limits: Pick<RenderLimits, 'memoryMbMax'>;
  readonly proxy: GuardingProxy;
};

/** Without it Chromium goes around its proxy to reach this machine. */
export const NO_BYPASS = '<-loopback>';

// What would reach out beside the proxy: names that the browser resolves, UDP, its own errands.
const ARGUMENTS = [
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
  '--dns-prefetch-disable',
  '--disable-quic',
  '--webrtc-ip-handling-policy=disable_non_proxied_udp',
  '--force-webrtc-ip-handling-policy',
  '--disable-background-networking',
  '--disable-gpu',
  '--no-pings',
];

/** Starts a browser whose only way out is the proxy. Rejects with `invalid_config`. */
export async function startBrowser(options: BrowserOptions): Promise<Browser> {
  const { executablePath, limits, proxy } = options;
  const path = findChromium(executablePath);
  const { chromium } = await import('playwright-core');
  try {
    return await chromium.launch({
      executablePath: path,
      headless: true,
      // Chromium refuses to start with its sandbox for root.
      chromiumSandbox: process.getuid?.() !== 0,
      args: [...ARGUMENTS, `--js-flags=--max-old-space-size=${limits.memoryMbMax}`],
      // Each page has its own secret; what has none is refused by the proxy.
      proxy: { server: proxy.server, bypass: NO_BYPASS },
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
      // What hostile pages run in has no use for the settings' secrets.
      ...(process.platform !== 'win32' && {
        env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: tmpdir() },
      }),
    });
  } catch (cause) {
    const [reason = ''] = String(cause instanceof Error ? cause.message : cause).split('\n');
    throw new AppError(
      'invalid_config',
      `${path} cannot be started (${reason}); set LOCKSTEP_CHROMIUM to a Chromium that runs here ` +
        'without a screen, or take render off the source',
      { cause, param: 'LOCKSTEP_CHROMIUM' },
    );
  }
}
