import { AppError } from '#domain/errors.ts';

/** Part of a repository. */
export type Place = {
  readonly owner: string;
  readonly repository: string;
  /** Branch, tag or commit; `null` is the repository's default branch. */
  readonly ref: string | null;
  /** Folder or file, without slashes around it; empty for the whole repository. */
  readonly path: string;
};

const OWNER = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})$/;
const REPOSITORY = /^[A-Za-z0-9._-]{1,100}$/;

/**
 * Reads `https://github.com/owner/repository[.git][/tree/branch[/folder]]`, or `/blob/branch/file`.
 * The slash of a branch such as `feature/x` is written `%2F`. Throws `invalid_input`.
 */
export function parsePlace(place: string, baseUrl: string): Place {
  const url = URL.parse(place.trim());
  const base = new URL(baseUrl);
  if (url === null || url.host.replace(/^www\./, '') !== base.host) throw noPlace(place, baseUrl);
  const [owner = '', name = '', view, ref, ...rest] = segmentsOf(url, place, baseUrl);
  const repository = name.replace(/\.git$/, '');
  const isWhole = view === undefined;
  const isPart = (view === 'tree' || view === 'blob') && ref !== undefined;
  const isNamed = OWNER.test(owner) && REPOSITORY.test(repository) && !/^\.+$/.test(repository);
  if (!isNamed || !(isWhole || isPart)) throw noPlace(place, baseUrl);
  return { owner, repository, ref: ref ?? null, path: rest.join('/') };
}

function segmentsOf({ pathname }: URL, place: string, baseUrl: string): readonly string[] {
  try {
    return pathname
      .split('/')
      .filter((segment) => segment !== '')
      .map(decodeURIComponent);
  } catch (cause) {
    throw noPlace(place, baseUrl, cause);
  }
}

const noPlace = (place: string, baseUrl: string, cause?: unknown): AppError =>
  new AppError(
    'invalid_input',
    `${place} is no repository; write it like ${baseUrl}/owner/repository/tree/branch/folder, ` +
      'of which branch and folder may be left out',
    { cause, param: 'source' },
  );

/** The page that GitHub shows of a file. */
export function blobUrl(
  baseUrl: string,
  { owner, repository }: Place,
  ref: string,
  path: string,
): string {
  const url = new URL(baseUrl);
  // The rest is escaped by the URL itself, as in the links between pages.
  const escaped = `${ref}/${path}`.replaceAll('%', '%25').replaceAll('\\', '%5C');
  url.pathname = `${owner}/${repository}/blob/${escaped}`;
  return url.href;
}
