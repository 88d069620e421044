import { AppError, toAppError } from '#domain/errors.ts';
import type {
  FetchOutcome,
  FetchRequest,
  PageFetcher,
  RawPage,
  Visited,
} from '#ports/page-fetcher.ts';
import type { Clock, Ids } from '#ports/system.ts';
import { findChromium } from './chromium-path.ts';
import type { Dial } from './guarding-proxy.ts';
import { createHouse, type House } from './house.ts';
import type { RenderLimits } from './limits.ts';
import { type Rendering, renderPage } from './render-page.ts';
import { createTurns, type Turns } from './turns.ts';

export type PageRendererOptions = {
  /** Of Chromium or Chrome; looked for at the usual places when `null`. */
  readonly executablePath: string | null;
  /** Asks for the pages themselves: politely, conditionally, under its own guard and limits. */
  readonly fetcher: PageFetcher;
  /** Connects for what the pages load; must refuse what must not be reached. */
  readonly dial: Dial;
  readonly userAgent: string;
  readonly limits: RenderLimits;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'next'>;
};

/** `close` ends visits under way with `cancelled`, and the browser. */
export type ClosablePageRenderer = PageFetcher & { close(): Promise<void> };

type Visiting = Omit<PageRendererOptions, 'dial' | 'ids'> & {
  readonly house: House;
  readonly turns: Turns;
  readonly signal: AbortSignal;
};

/**
 * Fetches pages as its fetcher does and opens those of HTML in a browser, which runs their scripts:
 * `body` is then the document that they have made, in UTF-8; status and validators are those of the
 * page as it was sent. Where scripts lead elsewhere, that counts as a redirect by 302. The browser
 * starts with the first page. Rejects with `cancelled`, and with `invalid_config` when there is no
 * browser that starts: that says nothing of the page.
 */
export function createPageRenderer(options: PageRendererOptions): ClosablePageRenderer {
  const { fetcher, limits, ids, executablePath } = options;
  const life = new AbortController();
  const turns = createTurns(limits.pagesMax);
  const house = createHouse({ ...options, nextSecret: ids.next });
  return {
    async fetch(request, signal) {
      if (request.accept !== 'page') return fetcher.fetch(request, signal);
      findChromium(executablePath);
      const either = AbortSignal.any([signal, life.signal]);
      try {
        return await visit({ ...options, house, turns, signal: either }, request);
      } catch (cause) {
        if (!either.aborted) throw cause;
        throw new AppError('cancelled', `the visit of ${request.url} was cancelled`, { cause });
      }
    },
    setHostDelay: fetcher.setHostDelay,
    async close() {
      life.abort();
      await house.close();
    },
  };
}

async function visit(visiting: Visiting, request: FetchRequest): Promise<FetchOutcome> {
  const { fetcher, limits, signal } = visiting;
  let trail: Visited = { redirects: [], elapsedMs: 0, bytesReceived: 0 };
  for (let { url } = request; ; ) {
    const fetched = await fetcher.fetch({ ...request, url }, signal);
    trail = added(trail, fetched);
    if (fetched.kind !== 'fetched' || !isMarkup(fetched.page)) return { ...fetched, ...trail };
    const { page } = fetched;
    const { rendering, ...cost } = await render(visiting, page);
    trail = added(trail, { redirects: [], ...cost });
    if (rendering instanceof AppError) return { ...failed(rendering), ...trail };
    if (rendering.kind === 'rendered') {
      const { body } = rendering;
      return { kind: 'fetched', page: { ...page, contentType: AS_WRITTEN, body }, ...trail };
    }
    const redirect = { from: page.url, to: rendering.to, status: 302 };
    if (request.redirects === 'report') {
      const { to, status } = redirect;
      return { ...trail, kind: 'redirected', url, to, status, redirects: [redirect] };
    }
    const refused = refuseRedirect(trail, redirect.to, limits.redirectsMax);
    if (refused !== null) return { ...failed(refused), ...trail };
    trail = added(trail, { redirects: [redirect], elapsedMs: 0, bytesReceived: 0 });
    url = redirect.to;
  }
}

async function render(visiting: Visiting, page: RawPage): Promise<Rendered> {
  const { house, turns, limits, userAgent, clock, signal } = visiting;
  const leave = await turns.take(signal);
  try {
    const { browser, proxy } = await house.open();
    const startMs = clock.monotonicMs();
    const admission = proxy.admit();
    const { server: proxyServer } = proxy;
    const rendering = await renderPage(browser, page, {
      limits,
      userAgent,
      proxyServer,
      admission,
      clock,
      signal,
    }).catch((thrown: unknown) => toAppError(thrown));
    signal.throwIfAborted();
    const elapsedMs = clock.monotonicMs() - startMs;
    return { rendering, elapsedMs, bytesReceived: admission.received() };
  } finally {
    leave();
  }
}

type Rendered = {
  readonly rendering: Rendering | AppError;
  readonly elapsedMs: number;
  readonly bytesReceived: number;
};

const AS_WRITTEN = 'text/html; charset=utf-8';
const MARKUP = new Set(['', 'text/html', 'application/xhtml+xml']);

/** Text and Markdown have no scripts. */
function isMarkup({ contentType }: RawPage): boolean {
  const [essence = ''] = contentType.split(';', 1);
  return MARKUP.has(essence.trim().toLowerCase());
}

const added = (to: Visited, more: Visited): Visited => ({
  redirects: [...to.redirects, ...more.redirects],
  elapsedMs: to.elapsedMs + more.elapsedMs,
  bytesReceived: to.bytesReceived + more.bytesReceived,
});

const failed = ({ code, message, retryable }: AppError) =>
  ({ kind: 'failed', code, message, retryable, status: null }) as const;

function refuseRedirect({ redirects }: Visited, to: string, redirectsMax: number): AppError | null {
  if (redirects.some(({ from }) => from === to)) {
    return new AppError('redirect_loop', `scripts lead back to ${to}; name the final page`);
  }
  if (redirects.length < redirectsMax) return null;
  return new AppError('redirects_exceeded', `scripts lead on, to ${to}; name the final page`);
}
