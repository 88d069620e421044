import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createGuardedDial } from '#adapters/fetcher/guarded-dial.ts';
import { FETCH_LIMITS } from '#adapters/fetcher/limits.ts';
import { createPageFetcher } from '#adapters/fetcher/page-fetcher.ts';
import { createFolderShelf } from '#adapters/folder/folder-shelf.ts';
import { createPageReader } from '#adapters/page-reader/page-reader.ts';
import { RENDER_LIMITS } from '#adapters/renderer/limits.ts';
import type { ClosablePageRenderer } from '#adapters/renderer/page-renderer.ts';
import { systemClock, systemIds } from '#adapters/system/system.ts';
import type { PageFetcher } from '#ports/page-fetcher.ts';
import type { PageShelf } from '#ports/page-shelf.ts';
import type { Config } from '../config/config.ts';

/** The source's own limit on requests to a host is the tighter one. */
const HOST_CONCURRENCY_MAX = 64;
/** The one address that crawling the sample site needs. */
const LOOPBACK_NETWORK = '127.0.0.1/32';
/** Of one page, and of the thread that reads it. */
const READ_MS_MAX = 10_000;
const READER_MEMORY_MB_MAX = 512;

const EXTRACT_WORKER = resolve(import.meta.dirname, '..', 'features/extract/extract-worker.ts');

/** All that pages come from, and what reads them. Browser and GitHub's client load when asked for. */
export function createPageSources(config: Config, version: string) {
  const userAgent = `lockstep/${version} (crawler; ${config.crawlContact})`;
  const clock = systemClock;
  const fetcherInto = (allowNetworks: readonly string[]) =>
    createPageFetcher({
      userAgent,
      allowNetworks,
      limits: { ...FETCH_LIMITS, delayMs: 0, concurrencyPerHostMax: HOST_CONCURRENCY_MAX },
      clock,
      random: systemIds.random,
    });
  const fetcher = fetcherInto(config.allowNetworks);
  const loopbackFetcher = fetcherInto([LOOPBACK_NETWORK]);
  const reader = createPageReader({
    entry: pathToFileURL(EXTRACT_WORKER),
    workersMax: config.readers,
    timeMsMax: READ_MS_MAX,
    memoryMbMax: READER_MEMORY_MB_MAX,
    clock,
  });
  const renderer = createRenderer(config, { fetcher, userAgent });
  return {
    fetcher,
    loopbackFetcher,
    renderer,
    reader,
    shelves: {
      folder: createFolderShelf({ clock }),
      github: createLateShelf(async () => {
        const { createGithubShelf } = await import('#adapters/github/github-shelf.ts');
        return createGithubShelf({ token: config.githubToken, userAgent, clock });
      }),
    },
    close: async () => {
      await reader.close();
      await renderer.close();
      await fetcher.close();
      await loopbackFetcher.close();
    },
  };
}

type Web = { readonly fetcher: PageFetcher; readonly userAgent: string };

/** Loads the browser's client with the first page: a second that other commands are spared. */
function createRenderer(config: Config, { fetcher, userAgent }: Web): ClosablePageRenderer {
  let opened: Promise<ClosablePageRenderer> | null = null;
  const open = async () => {
    const { createPageRenderer } = await import('#adapters/renderer/page-renderer.ts');
    return createPageRenderer({
      executablePath: config.chromium,
      fetcher,
      dial: createGuardedDial({
        allowNetworks: config.allowNetworks,
        connectMs: FETCH_LIMITS.connectMs,
      }),
      userAgent,
      limits: RENDER_LIMITS,
      clock: systemClock,
      ids: systemIds,
    });
  };
  return {
    async fetch(request, signal) {
      opened ??= open();
      return (await opened).fetch(request, signal);
    },
    setHostDelay: fetcher.setHostDelay,
    close: async () => (await opened)?.close(),
  };
}

function createLateShelf(open: () => Promise<PageShelf>): PageShelf {
  let opened: Promise<PageShelf> | null = null;
  const shelf = () => {
    opened ??= open();
    return opened;
  };
  return {
    list: async (place, signal) => (await shelf()).list(place, signal),
    fetch: async (request, signal) => (await shelf()).fetch(request, signal),
  };
}
