import { createHash } from 'node:crypto';
import { dirname } from 'node:path/posix';
import { AppError } from '#domain/errors.ts';
import type { Api } from './api.ts';
import type { ListedFile, Listing } from './listing.ts';

export type LoaderOptions = {
  readonly api: Api;
  readonly apiUrl: string;
  readonly token: string;
  readonly concurrencyMax: number;
  readonly retriesMax: number;
  /** Of one folder, with all of its files. */
  readonly timeoutMs: number;
};

/** What is loaded of a file, or why it could not be. */
export type Loaded =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'failed'; readonly error: AppError };

/** The folder that a file is in; empty for the root. */
export const folderOf = (path: string): string => dirname(path).replace(/^\.$/, '');

/**
 * Loads files of one folder, not of those below it, or the file that stands there, by LangChain's
 * `GithubRepoLoader`: a request for the folder and one for each file. The loader does not look at
 * the status of a download, so what it gives is held against the hash that the file was listed with.
 * Of a folder GitHub gives a thousand files; those beyond are missing, and are loaded one by one.
 * Rejects with what stands in the way of all of them.
 */
export async function loadFolder(
  { place, commit, files }: Listing,
  folder: string,
  wanted: readonly ListedFile[],
  options: LoaderOptions,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Loaded>> {
  // Loaded when it is needed: few sources are repositories, and all of them need a half second.
  const { GithubRepoLoader } = await import('@langchain/community/document_loaders/web/github');
  const { api, apiUrl, token, concurrencyMax, retriesMax, timeoutMs } = options;
  const wantedFiles = new Set(wanted);
  const unwanted = [...files.values()].filter(
    (file) => folderOf(file.path) === folder && !wantedFiles.has(file),
  );
  const name = `${place.owner}/${place.repository}`;
  // Only taken apart by the loader; what it asks is the API.
  const start = `https://github.com/${name}`;
  const loader = new GithubRepoLoader(folder === '' ? start : `${start}/tree/-/${folder}`, {
    apiUrl,
    // Without this it would look for one in the environment itself.
    accessToken: token,
    branch: commit,
    recursive: false,
    unknown: 'error',
    ignoreFiles: [NO_MARKDOWN, ...unwanted.map(({ path }) => path)],
    maxConcurrency: concurrencyMax,
    maxRetries: retriesMax,
    onFailedAttempt: giveUpIfRefused,
  });
  const where = `${folder || 'the root'} of ${name}`;
  const loading = unlessStopped(loader.load(), where, timeoutMs, signal);
  const documents = await loading.catch(async (thrown: unknown) => {
    if (isRefusal(thrown)) {
      // The loader keeps the status alone; asked once more, GitHub says until when it refuses.
      await api.json(`/repos/${name}/contents/${encodeURIComponent(folder)}?ref=${commit}`, signal);
    }
    throw translated(thrown, where);
  });
  const texts = new Map(
    documents.map(({ metadata, pageContent }) => [String(metadata.source), pageContent]),
  );
  const given = wanted.flatMap((file) => {
    const text = texts.get(file.path);
    return text === undefined ? [] : [[file.path, checked(file, text)] as const];
  });
  return new Map(given);
}

const NO_MARKDOWN = /^(?!.*\.(?:md|markdown|mdx)$)/i;

/** The loader takes no signal; what it still does when it is not waited for any more is bounded. */
async function unlessStopped<T>(
  loading: Promise<T>,
  where: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<T> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const either = AbortSignal.any([signal, timeout]);
  const stopped = Promise.withResolvers<never>();
  const stop = () => {
    const late = new AppError('timeout', `${where} was not given in time`, { retryable: true });
    const error = new AppError('cancelled', `reading ${where} was cancelled`, {
      cause: signal.reason,
    });
    stopped.reject(signal.aborted ? error : late);
  };
  loading.catch(() => undefined);
  either.addEventListener('abort', stop, { once: true });
  try {
    if (either.aborted) stop();
    return await Promise.race([loading, stopped.promise]);
  } finally {
    either.removeEventListener('abort', stop);
  }
}

/** The loader's errors hold the status of the API's answer as text. */
const isRefusal = (thrown: unknown): boolean =>
  thrown instanceof Error && /repository files: 4\d\d /.test(thrown.message);

/** What was refused will be refused again; it is only counted once more. */
function giveUpIfRefused(thrown: unknown): void {
  if (isRefusal(thrown)) throw thrown;
}

function translated(thrown: unknown, where: string): AppError {
  if (thrown instanceof AppError) return thrown;
  const said = thrown instanceof Error ? thrown.message : String(thrown);
  return new AppError('unreachable', `${where} cannot be had from GitHub (${said}); try again`, {
    retryable: true,
    cause: thrown,
  });
}

/** The loader reads texts, so a byte-order mark is lost, and so is what is no UTF-8. */
function checked({ path, sha, sizeBytes }: ListedFile, text: string): Loaded {
  const bytes = new TextEncoder().encode(text);
  if (gitHash(bytes, sha) === sha) return { kind: 'bytes', bytes };
  const marked = new TextEncoder().encode(`\ufeff${text}`);
  if (gitHash(marked, sha) === sha) return { kind: 'bytes', bytes: marked };
  if (text.includes('\ufffd') && bytes.byteLength >= sizeBytes) {
    const message = `${path} is not written in UTF-8, which is all that is read of a repository`;
    return { kind: 'failed', error: new AppError('malformed', message) };
  }
  const message = `${path} was not given as it was listed; GitHub may be in trouble, or ask too often`;
  return {
    kind: 'failed',
    error: new AppError('upstream_unavailable', message, { retryable: true }),
  };
}

/** Repositories of Git's second format name contents by SHA-256, which is longer. */
function gitHash(bytes: Uint8Array, like: string): string {
  const hash = createHash(like.length === 64 ? 'sha256' : 'sha1');
  return hash.update(`blob ${bytes.byteLength}\0`).update(bytes).digest('hex');
}
