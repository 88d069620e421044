import { AppError, toAppError } from '#domain/errors.ts';
import type { FetchOutcome, FetchRequest } from '#ports/page-fetcher.ts';
import type { PageShelf } from '#ports/page-shelf.ts';
import type { Clock } from '#ports/system.ts';
import { createApi } from './api.ts';
import { type ListedFile, type Listing, type ListingLimits, listPlace } from './listing.ts';
import { folderOf, type Loaded, type LoaderOptions, loadFolder } from './load-folder.ts';
import { parsePlace } from './place.ts';

type GithubLimits = ListingLimits & {
  /** A larger file is no post. */
  readonly fileBytesMax: number;
  /** Requests in flight for one folder. */
  readonly concurrencyMax: number;
  readonly retriesMax: number;
  /** Of one folder, or of one request of a listing. */
  readonly timeoutMs: number;
};

const GITHUB_LIMITS: GithubLimits = {
  pagesMax: 20_000,
  bytesMax: 200_000_000,
  fileBytesMax: 5_000_000,
  concurrencyMax: 4,
  retriesMax: 2,
  timeoutMs: 120_000,
};

export type GithubShelfOptions = {
  /** A token of GitHub; `null` reads public repositories, with sixty requests an hour. */
  readonly token: string | null;
  /** Says who asks. */
  readonly userAgent: string;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** Where pages are shown; another host for GitHub Enterprise. */
  readonly baseUrl?: string;
  readonly apiUrl?: string;
  readonly limits?: Partial<GithubLimits>;
};

/**
 * The Markdown (`.md`, `.markdown`, `.mdx`) of GitHub repositories, known by the URLs of the pages
 * that GitHub shows of it (`…/blob/branch/path.md`) and compared by Git's own hash, so that an
 * unchanged file costs no request. A listing is of one commit, and so is what is read of it.
 */
export function createGithubShelf(options: GithubShelfOptions): PageShelf {
  const { token, userAgent, clock } = options;
  const baseUrl = (options.baseUrl ?? 'https://github.com').replace(/\/+$/, '');
  const apiUrl = (options.apiUrl ?? 'https://api.github.com').replace(/\/+$/, '');
  const limits = { ...GITHUB_LIMITS, ...options.limits };
  const { timeoutMs } = limits;
  const api = createApi({ apiUrl, token: token ?? '', userAgent, timeoutMs });
  const loader = { ...limits, api, apiUrl, token: token ?? '' };
  const shelves = new Map<string, Shelf>();
  return {
    async list(place, signal) {
      const listing = await listPlace(
        api,
        parsePlace(place, baseUrl),
        { ...limits, baseUrl },
        signal,
      );
      shelves.set(place, createShelf(listing, loader));
      return [...listing.files.keys()].sort();
    },
    async fetch(request, signal) {
      const startMs = clock.monotonicMs();
      const outcome = await visit([...shelves.values()], request, limits, signal);
      if (signal.aborted) throw cancelled(request.url, signal);
      const bytesReceived = outcome.kind === 'fetched' ? outcome.page.body.byteLength : 0;
      return { ...outcome, redirects: [], elapsedMs: clock.monotonicMs() - startMs, bytesReceived };
    },
  };
}

const cancelled = (what: string, { reason: cause }: AbortSignal): AppError =>
  new AppError('cancelled', `reading ${what} was cancelled`, { cause });

type Shelf = {
  readonly listing: Listing;
  /** Rejects with what stands in the way of all files of its folder. */
  load(file: ListedFile, signal: AbortSignal): Promise<Loaded>;
};

/** Loads a folder when the first file of it is asked for, and gives each of its files away once. */
function createShelf(listing: Listing, options: LoaderOptions & GithubLimits): Shelf {
  const folders = new Map<string, Promise<Map<string, Loaded>>>();
  const start = (folder: string, signal: AbortSignal): Promise<Map<string, Loaded>> => {
    const wanted = [...listing.files.values()].filter(
      ({ path, sizeBytes }) =>
        folderOf(path) === folder && sizeBytes > 0 && sizeBytes <= options.fileBytesMax,
    );
    const loading = loadFolder(listing, folder, wanted, options, signal).then(
      (loaded) => new Map(loaded),
    );
    folders.set(folder, loading);
    // What failed for one file of it would fail for the next one, until it is listed again.
    loading.catch(() => undefined);
    return loading;
  };
  return {
    listing,
    async load(file, signal) {
      const folder = folderOf(file.path);
      const loaded = await (folders.get(folder) ?? start(folder, signal));
      const given = loaded.get(file.path);
      loaded.delete(file.path);
      if (loaded.size === 0) folders.delete(folder);
      if (given !== undefined) return given;
      // It was given away before, or its folder is so large that GitHub does not give all of it.
      const alone = await loadFolder(listing, file.path, [file], options, signal);
      return alone.get(file.path) ?? { kind: 'failed', error: notGiven(file) };
    },
  };
}

const notGiven = ({ path }: ListedFile): AppError =>
  new AppError('upstream_unavailable', `GitHub lists ${path} and does not give it; try again`, {
    retryable: true,
  });

type Bare<Outcome> = Outcome extends unknown
  ? Omit<Outcome, 'redirects' | 'elapsedMs' | 'bytesReceived'>
  : never;
type Found = Bare<FetchOutcome>;

async function visit(
  shelves: readonly Shelf[],
  { url, etag }: FetchRequest,
  { fileBytesMax }: GithubLimits,
  signal: AbortSignal,
): Promise<Found> {
  const path = URL.parse(url)?.pathname.toLowerCase() ?? '';
  const shelf = shelves.find(({ listing }) => listing.files.has(url));
  const file = shelf?.listing.files.get(url);
  if (shelf === undefined || file === undefined) {
    const isListed = shelves.some(({ listing: { place } }) =>
      path.startsWith(`/${place.owner}/${place.repository}/`.toLowerCase()),
    );
    if (isListed) return { kind: 'gone', url, status: 404 };
    return failed(new AppError('address_refused', `${url} is in no repository that was listed`));
  }
  const { sha, sizeBytes } = file;
  if (etag === `"${sha}"`) return { kind: 'not_modified', url };
  if (sizeBytes > fileBytesMax) {
    const message = `${url} is larger than ${fileBytesMax} bytes, and no post is`;
    return failed(new AppError('too_large', message));
  }
  try {
    const loaded: Loaded =
      sizeBytes === 0 ? { kind: 'bytes', bytes: new Uint8Array() } : await shelf.load(file, signal);
    return loaded.kind === 'bytes' ? fetched(url, sha, loaded.bytes) : failed(loaded.error);
  } catch (thrown) {
    return failed(toAppError(thrown));
  }
}

const failed = ({ code, message, retryable }: AppError): Found => ({
  kind: 'failed',
  code,
  message,
  retryable,
  status: null,
});

const fetched = (url: string, sha: string, body: Uint8Array): Found => ({
  kind: 'fetched',
  page: {
    stage: 'raw',
    url,
    status: 200,
    body,
    contentType: 'text/markdown; charset=utf-8',
    etag: `"${sha}"`,
    lastModified: null,
    robotsTag: '',
  },
});
