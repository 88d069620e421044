import type { Browser, BrowserContext, Page, Request, Route } from 'playwright-core';
import { AppError, toAppError } from '#domain/errors.ts';
import type { RawPage } from '#ports/page-fetcher.ts';
import type { Clock } from '#ports/system.ts';
import type { Admission } from './admissions.ts';
import { NO_BYPASS } from './browser.ts';
import type { RenderLimits } from './limits.ts';
import { untilQuiet, writtenDocument } from './page-scripts.ts';

export type RenderOptions = {
  readonly limits: RenderLimits;
  readonly userAgent: string;
  readonly proxyServer: string;
  readonly admission: Admission;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

export type Rendering =
  | { readonly kind: 'rendered'; readonly body: Uint8Array }
  /** Its scripts go elsewhere; nothing was asked for there. */
  | { readonly kind: 'led_on'; readonly to: string };

/** What a page's text may depend on; the rest is for eyes and ears. */
const LOADED = new Set(['script', 'stylesheet', 'xhr', 'fetch', 'eventsource']);
const WAITED_FOR = new Set(['script', 'xhr', 'fetch']);
const CLOSE_MS = 5_000;
const SCREEN = { width: 1_280, height: 1_600 };

/**
 * Opens a page that was fetched, lets its scripts run, and writes down what became of it. Rejects
 * with `timeout`, `too_large`, `malformed`, or with the signal's reason.
 */
export async function renderPage(
  browser: Browser,
  page: RawPage,
  options: RenderOptions,
): Promise<Rendering> {
  const { limits, clock, signal, admission } = options;
  const ending = new AbortController();
  const watch = AbortSignal.any([signal, ending.signal]);
  const late = `${page.url} is not done in the browser after ${limits.renderMs} ms`;
  const expired = clock.sleep(limits.renderMs, watch).then(() => {
    throw new AppError('timeout', `${late}; its scripts may never end`, { retryable: true });
  });
  // Lost races are no errors.
  expired.catch(() => undefined);
  const opening = openContext(browser, options);
  try {
    const context = await Promise.race([opening, expired]);
    const rendering = run(context, page, options, watch);
    rendering.catch(() => undefined);
    return await Promise.race([rendering, expired]);
  } catch (thrown) {
    signal.throwIfAborted();
    if (admission.isExhausted()) throw tooMuchLoaded(page.url, limits);
    if (!browser.isConnected()) throw browserEnded(page.url);
    throw thrown;
  } finally {
    ending.abort();
    admission.revoke();
    await closeInTime(browser, opening, clock);
  }
}

/** What cannot be closed takes its browser with it; the next page starts another. */
async function closeInTime(
  browser: Browser,
  opening: Promise<BrowserContext>,
  clock: Clock,
): Promise<void> {
  const timer = new AbortController();
  const closing = opening.then((context) => context.close()).then(() => true);
  const late = clock.sleep(CLOSE_MS, timer.signal).then(() => false);
  late.catch(() => undefined);
  const closed = await Promise.race([closing, late]).catch(() => true);
  timer.abort();
  if (!closed) browser.close().catch(() => undefined);
}

const openContext = (browser: Browser, options: RenderOptions): Promise<BrowserContext> =>
  browser.newContext({
    userAgent: options.userAgent,
    viewport: SCREEN,
    reducedMotion: 'reduce',
    acceptDownloads: false,
    serviceWorkers: 'block',
    proxy: {
      server: options.proxyServer,
      bypass: NO_BYPASS,
      username: options.admission.username,
      password: options.admission.password,
    },
  });

async function run(
  context: BrowserContext,
  page: RawPage,
  options: RenderOptions,
  signal: AbortSignal,
): Promise<Rendering> {
  const { limits, clock, admission } = options;
  const tab = await context.newPage();
  const crashed = new Promise<never>((_, reject) => {
    tab.once('crash', () => reject(brokenDown(page.url)));
  });
  crashed.catch(() => undefined);
  context.on('page', (popup) => void popup.close().catch(() => undefined));
  const loading = watchLoading(tab);
  const ledOn = Promise.withResolvers<Rendering>();
  await routeAll(context, tab, {
    page,
    limits,
    onLed: (to) => ledOn.resolve({ kind: 'led_on', to }),
  });
  const open = async (): Promise<Rendering> => {
    // What comes after is for `quiet` to tell: scripts may keep other moments from ever coming.
    await tab.goto(page.url, { waitUntil: 'commit', timeout: 0 });
    const settled = clock.sleep(limits.settleMs, signal);
    // It is not waited for when the page settles first.
    settled.catch(() => undefined);
    await Promise.race([quiet(tab, loading, limits.quietMs), settled]);
    return { kind: 'rendered', body: await written(tab, page.url, limits) };
  };
  try {
    const opening = open();
    opening.catch(() => undefined);
    const rendering = await Promise.race([ledOn.promise, opening, crashed]);
    if (admission.isExhausted()) throw tooMuchLoaded(page.url, limits);
    return rendering;
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown;
    signal.throwIfAborted();
    const { message } = toAppError(thrown);
    throw new AppError('malformed', `${page.url} cannot be opened in a browser (${message})`, {
      cause: thrown,
    });
  }
}

type Routing = {
  readonly page: RawPage;
  readonly limits: RenderLimits;
  /** Told of every page elsewhere that the tab would go to. */
  readonly onLed: (to: string) => void;
};

/** Answers for the document itself, lets through what it may load, and keeps the tab there. */
async function routeAll(context: BrowserContext, tab: Page, { page, limits, onLed }: Routing) {
  let opened = false;
  let requests = 0;
  await context.route('**/*', async (route) => {
    const request = route.request();
    if (isOwnDocument(request, tab)) {
      if (!opened) {
        opened = true;
        return fulfil(route, page);
      }
      const url = URL.parse(request.url());
      if (url !== null && isElsewhere(url, page.url)) onLed(url.href);
      return route.abort('aborted');
    }
    requests += 1;
    const isLoaded = LOADED.has(request.resourceType()) && requests <= limits.requestsMax;
    await (isLoaded ? route.continue() : route.abort('blockedbyclient'));
  });
}

function isOwnDocument(request: Request, tab: Page): boolean {
  if (!request.isNavigationRequest()) return false;
  try {
    return request.frame() === tab.mainFrame();
  } catch {
    // A popup asks before it has a frame.
    return false;
  }
}

function isElsewhere(url: URL, from: string): boolean {
  url.hash = '';
  return (url.protocol === 'http:' || url.protocol === 'https:') && url.href !== from;
}

const fulfil = (route: Route, { body, contentType, status }: RawPage): Promise<void> =>
  route.fulfill({
    status,
    contentType: contentType === '' ? 'text/html' : contentType,
    body: Buffer.from(body.buffer, body.byteOffset, body.byteLength),
  });

type Loading = {
  /** Requests under way that may change what the page says. */
  readonly requests: ReadonlySet<Request>;
  /** How often one began or ended. */
  turns(): number;
};

function watchLoading(tab: Page): Loading {
  const requests = new Set<Request>();
  let turns = 0;
  const remove = (request: Request) => {
    if (requests.delete(request)) turns += 1;
  };
  tab.on('request', (request) => {
    if (!WAITED_FOR.has(request.resourceType())) return;
    requests.add(request);
    turns += 1;
  });
  tab.on('requestfinished', remove).on('requestfailed', remove);
  return { requests, turns: () => turns };
}

/** Resolves when nothing changes and nothing is loaded for a while; may never. */
async function quiet(tab: Page, loading: Loading, quietMs: number): Promise<void> {
  for (let before = -1; loading.requests.size > 0 || before !== loading.turns(); ) {
    before = loading.turns();
    await tab.evaluate(untilQuiet(quietMs));
  }
}

async function written(tab: Page, url: string, limits: RenderLimits): Promise<Uint8Array> {
  const html: unknown = await tab.evaluate(writtenDocument(limits.documentBytesMax));
  const body = typeof html === 'string' ? new TextEncoder().encode(html) : null;
  if (body !== null && body.byteLength <= limits.documentBytesMax) return body;
  throw new AppError(
    'too_large',
    `${url} grows past ${limits.documentBytesMax} bytes in the browser; leave it out`,
  );
}

const tooMuchLoaded = (url: string, { loadedBytesMax }: RenderLimits) =>
  new AppError('too_large', `${url} loads more than ${loadedBytesMax} bytes; leave it out`);

const browserEnded = (url: string) =>
  new AppError('upstream_unavailable', `the browser ended while it had ${url} open`, {
    retryable: true,
  });

const brokenDown = (url: string) =>
  new AppError('malformed', `${url} brings the browser down; its scripts may need too much memory`);
