import { constants } from 'node:fs';
import { type FileHandle, open, realpath, stat } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { AppError } from '#domain/errors.ts';
import { sha256 } from '#domain/hash.ts';
import type { FetchOutcome, FetchRequest, RawPage } from '#ports/page-fetcher.ts';
import type { PageShelf } from '#ports/page-shelf.ts';
import type { Clock } from '#ports/system.ts';
import { failureOf, isAbsent } from './failure.ts';
import { isPassedOver, pageTypeOf } from './page-types.ts';
import { type WalkLimits, walk } from './walk.ts';

export type FolderLimits = WalkLimits & {
  /** A larger file is no post. */
  readonly fileBytesMax: number;
};

const FOLDER_LIMITS: FolderLimits = {
  pagesMax: 100_000,
  entriesMax: 1_000_000,
  fileBytesMax: 10_000_000,
};

export type FolderShelfOptions = {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly limits?: Partial<FolderLimits>;
};

/** A folder as it was named, and where it really is. */
type Root = { readonly path: string; readonly realPath: string };

/**
 * Markdown (`.md`, `.markdown`, `.mdx`) and HTML (`.html`, `.htm`, `.xhtml`) below a folder of this
 * machine, which a source names by a path or a `file:` URL. Pages are known by `file:` URLs and
 * compared by a hash of what is in them. Hidden folders, `node_modules` and links are passed over.
 */
export function createFolderShelf({ clock, limits = {} }: FolderShelfOptions): PageShelf {
  const bounds = { ...FOLDER_LIMITS, ...limits };
  const roots = new Map<string, Root>();
  return {
    async list(place, signal) {
      try {
        const root = await openRoot(place);
        const pages = await walk(root.path, bounds, signal);
        roots.set(root.path, root);
        return pages.map((path) => pathToFileURL(path).href).sort();
      } catch (thrown) {
        throw signal.aborted ? cancelled(place, signal) : thrown;
      }
    },
    async fetch(request, signal) {
      const startMs = clock.monotonicMs();
      const outcome = await visit([...roots.values()], request, bounds);
      if (signal.aborted) throw cancelled(request.url, signal);
      const bytesReceived = outcome.kind === 'fetched' ? outcome.page.body.byteLength : 0;
      return { ...outcome, redirects: [], elapsedMs: clock.monotonicMs() - startMs, bytesReceived };
    },
  };
}

const cancelled = (what: string, { reason: cause }: AbortSignal): AppError =>
  new AppError('cancelled', `reading ${what} was cancelled`, { cause });

async function openRoot(place: string): Promise<Root> {
  const path = pathOf(place);
  try {
    const realPath = await realpath(path);
    if ((await stat(realPath)).isDirectory()) return { path, realPath };
  } catch (cause) {
    const { code, message, retryable } = failureOf(cause, path);
    throw new AppError(code, message, { retryable, cause, param: 'source' });
  }
  throw new AppError('invalid_input', `${path} is no folder; name the folder that it is in`, {
    param: 'source',
  });
}

function pathOf(place: string): string {
  try {
    const path = /^file:/i.test(place) ? fileURLToPath(place) : place;
    if (path.trim() !== '' && !path.includes('\0')) return resolve(path);
    throw new Error('a path is neither empty nor has a NUL in it');
  } catch (cause) {
    throw new AppError('invalid_input', `${place} is no folder of this machine`, {
      cause,
      param: 'source',
    });
  }
}

type Bare<Outcome> = Outcome extends unknown
  ? Omit<Outcome, 'redirects' | 'elapsedMs' | 'bytesReceived'>
  : never;
type Found = Bare<FetchOutcome>;

const refused = (code: 'address_refused' | 'too_large', message: string): Found => ({
  kind: 'failed',
  code,
  message,
  retryable: false,
  status: null,
});

async function visit(
  roots: readonly Root[],
  request: FetchRequest,
  { fileBytesMax }: FolderLimits,
): Promise<Found> {
  const { url } = request;
  const path = /^file:/i.test(url) && URL.canParse(url) ? localPathOf(url) : null;
  const root = path === null ? undefined : roots.find((one) => isBelow(one.path, path));
  if (path === null || root === undefined) {
    return refused('address_refused', `${url} is in no folder that was listed`);
  }
  const contentType = pageTypeOf(path);
  const gone: Found = { kind: 'gone', url, status: 404 };
  if (contentType === null || isHidden(root, path)) return gone;
  try {
    // A link on the way to it may have come after the listing, and lead anywhere.
    if ((await realpath(path)) !== join(root.realPath, relative(root.path, path))) return gone;
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const read = await readFile(file, fileBytesMax);
      if (read === 'no file') return gone;
      if (read === 'too large') {
        return refused('too_large', `${url} is larger than ${fileBytesMax} bytes, and no post is`);
      }
      return judge(request, { ...read, contentType });
    } finally {
      await file.close();
    }
  } catch (thrown) {
    if (isAbsent(thrown)) return gone;
    const { code, message, retryable } = failureOf(thrown, path);
    return { kind: 'failed', code, message, retryable, status: null };
  }
}

/** `null` for a URL of another machine, or with an escaped slash. */
function localPathOf(url: string): string | null {
  try {
    return resolve(fileURLToPath(url));
  } catch {
    // Such a URL names no file, which is all that is asked here.
    return null;
  }
}

const isBelow = (root: string, path: string): boolean =>
  path.startsWith(root.endsWith(sep) ? root : `${root}${sep}`);

const isHidden = (root: Root, path: string): boolean =>
  relative(root.path, path).split(sep).some(isPassedOver) || basename(path) === '';

type Read = { readonly body: Uint8Array; readonly modifiedAt: string };

async function readFile(
  file: FileHandle,
  bytesMax: number,
): Promise<Read | 'no file' | 'too large'> {
  const about = await file.stat();
  if (!about.isFile()) return 'no file';
  if (about.size > bytesMax) return 'too large';
  const bytes = await file.readFile();
  // It may have grown since.
  if (bytes.byteLength > bytesMax) return 'too large';
  const body = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { body, modifiedAt: about.mtime.toUTCString() };
}

function judge(
  { url, etag, lastModified }: FetchRequest,
  { body, contentType, modifiedAt }: Read & { readonly contentType: string },
): Found {
  const page: RawPage = {
    stage: 'raw',
    url,
    status: 200,
    body,
    contentType,
    etag: `"${sha256(body)}"`,
    lastModified: modifiedAt,
    robotsTag: '',
  };
  // An etag outranks a date (RFC 9110, 13.2.2).
  const isSame = etag === null ? lastModified === modifiedAt : etag === page.etag;
  return isSame ? { kind: 'not_modified', url } : { kind: 'fetched', page };
}
