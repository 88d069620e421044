import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGuardedDial } from '#adapters/fetcher/guarded-dial.ts';
import { FETCH_LIMITS } from '#adapters/fetcher/limits.ts';
import { createPageFetcher } from '#adapters/fetcher/page-fetcher.ts';
import { RENDER_LIMITS, type RenderLimits } from '#adapters/renderer/limits.ts';
import { type ClosablePageRenderer, createPageRenderer } from '#adapters/renderer/page-renderer.ts';
import { systemClock, systemIds } from '#adapters/system/system.ts';

export const CHROMIUM = '/usr/bin/chromium';

/** Why there is nothing to render with; `null` when there is. */
export function missingBrowser(): string | null {
  try {
    accessSync(CHROMIUM, constants.X_OK);
    return null;
  } catch {
    return `${CHROMIUM} is not there: pages are not rendered`;
  }
}

/** The one address that pages may reach. */
export const ALLOWED = '127.0.0.1';
/** Somebody listens there as well, and must not hear of it. */
export const REFUSED = '127.7.7.7';

export type RenderingOptions = {
  readonly limits?: Partial<RenderLimits>;
  readonly executablePath?: string | null;
};

/** A renderer that reaches one address of loopback. */
export function createRendering(options: RenderingOptions = {}): ClosablePageRenderer {
  const allowNetworks = [`${ALLOWED}/32`];
  const userAgent = 'LockstepTest/1.0';
  const fetcher = createPageFetcher({
    userAgent,
    allowNetworks,
    limits: { ...FETCH_LIMITS, retriesMax: 0, delayMs: 0 },
    clock: systemClock,
    random: () => 0,
  });
  const renderer = createPageRenderer({
    executablePath: options.executablePath ?? CHROMIUM,
    fetcher,
    dial: createGuardedDial({ allowNetworks, connectMs: 2_000 }),
    userAgent,
    limits: { ...RENDER_LIMITS, quietMs: 80, settleMs: 3_000, ...options.limits },
    clock: systemClock,
    ids: systemIds,
  });
  const close = async () => {
    await renderer.close();
    await fetcher.close();
  };
  return { ...renderer, close };
}

/** Notes what comes by UDP, which no proxy sees. */
export async function listenForPackets(address: string) {
  const heard: number[] = [];
  const socket = createSocket('udp4').on('message', (packet) => heard.push(packet.byteLength));
  socket.bind(0, address);
  await once(socket, 'listening');
  return { port: socket.address().port, heard, close: () => socket.close() };
}

export type Served = { readonly origin: string; readonly asked: string[]; close(): void };

/** A site at an address of loopback that notes who asks for what. */
export async function serveAt(address: string, listener: RequestListener): Promise<Served> {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    asked.push(request.url ?? '');
    listener(request, response);
  });
  server.on('connect', (request) => asked.push(`CONNECT ${request.url}`));
  server.on('upgrade', (request, socket) => {
    asked.push(`UPGRADE ${request.url}`);
    socket.destroy();
  });
  server.listen(0, address);
  await once(server, 'listening');
  return {
    origin: `http://${address}:${(server.address() as AddressInfo).port}`,
    asked,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
