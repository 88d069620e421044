import { AppError } from '#domain/errors.ts';
import type { Api } from './api.ts';
import { blobUrl, type Place } from './place.ts';

/** A Markdown file of a repository as it was listed. */
export type ListedFile = {
  readonly path: string;
  /** Git's name for its content: SHA-1 of `blob <bytes>\0` and the content. */
  readonly sha: string;
  readonly sizeBytes: number;
};

/** What one place held at one commit. */
export type Listing = {
  readonly place: Place;
  /** The commit, so that all that is read of the place is of one moment. */
  readonly commit: string;
  /** By the URL of the page that GitHub shows of it. */
  readonly files: ReadonlyMap<string, ListedFile>;
};

export type ListingLimits = {
  readonly pagesMax: number;
  /** Of all pages of one place together. */
  readonly bytesMax: number;
};

const MARKDOWN = /\.(?:md|markdown|mdx)$/i;
/** What a tree calls a plain file and one that may be run; links and submodules have other modes. */
const FILE_MODES: ReadonlySet<string> = new Set(['100644', '100755']);

/**
 * Lists the Markdown of a place: three requests, whatever its size. Folders whose names begin with a
 * dot, and `node_modules`, are passed over.
 */
export async function listPlace(
  api: Api,
  place: Place,
  { baseUrl, pagesMax, bytesMax }: ListingLimits & { readonly baseUrl: string },
  signal: AbortSignal,
): Promise<Listing> {
  const repository = `/repos/${place.owner}/${place.repository}`;
  const ref = place.ref ?? textOf(await api.json(repository, signal), 'default_branch', repository);
  const at = `${repository}/commits/${encodeURIComponent(ref)}`;
  const commit = textOf(await api.json(at, signal), 'sha', at);
  const tree = await readTree(api, `${repository}/git/trees/${commit}?recursive=1`, signal);
  if (!tree.some((entry) => isWithin(entry.path, place.path))) {
    const message = `${place.owner}/${place.repository} has no ${place.path} at ${ref}`;
    throw new AppError('not_found', `${message}; check its spelling`, { param: 'source' });
  }
  const files = new Map<string, ListedFile>();
  let bytes = 0;
  for (const { path, sha, sizeBytes, isFile } of tree) {
    if (!isFile || !isWanted(path, place.path)) continue;
    bytes += sizeBytes;
    files.set(blobUrl(baseUrl, place, ref, path), { path, sha, sizeBytes });
    if (files.size > pagesMax) throw tooLarge(place, `${pagesMax} pages`);
    if (bytes > bytesMax) throw tooLarge(place, `${bytesMax} bytes of Markdown`);
  }
  return { place, commit, files };
}

type TreeEntry = ListedFile & { readonly isFile: boolean };

async function readTree(
  api: Api,
  path: string,
  signal: AbortSignal,
): Promise<readonly TreeEntry[]> {
  const answer = await api.json(path, signal);
  const { tree, truncated } = recordOf(answer);
  if (truncated === true) {
    const message = `${path} holds more files than GitHub lists at once; name a smaller repository`;
    throw new AppError('too_large', message, { param: 'source' });
  }
  if (!Array.isArray(tree)) throw unlike(path, 'tree');
  return tree.map((stated) => {
    const { path: name, sha, size, mode, type } = recordOf(stated);
    if (typeof name !== 'string' || typeof sha !== 'string') throw unlike(path, 'path and sha');
    const isFile = type === 'blob' && FILE_MODES.has(String(mode));
    return { path: name, sha, sizeBytes: typeof size === 'number' ? size : 0, isFile };
  });
}

const isWithin = (path: string, folder: string): boolean =>
  folder === '' || path === folder || path.startsWith(`${folder}/`);

function isWanted(path: string, folder: string): boolean {
  if (!isWithin(path, folder) || !MARKDOWN.test(path)) return false;
  // What the place names itself is wanted, whatever it is called.
  const below = path === folder ? '' : path.slice(folder === '' ? 0 : folder.length + 1);
  return !below.split('/').some((name) => name.startsWith('.') || name === 'node_modules');
}

const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

function textOf(answer: unknown, field: string, path: string): string {
  const value = recordOf(answer)[field];
  if (typeof value === 'string' && value !== '') return value;
  throw unlike(path, field);
}

const unlike = (path: string, field: string): AppError =>
  new AppError('malformed', `${path} does not answer as GitHub does: it gives no ${field}`);

const tooLarge = ({ owner, repository, path }: Place, what: string): AppError =>
  new AppError(
    'too_large',
    `${owner}/${repository}/${path} holds more than ${what}; add folders of it one by one`,
    { param: 'source' },
  );
