import { realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { MANIFEST_FILE } from './site-manifest.ts';

const PATH_LENGTH_MAX = 2_048;

/** A file to send, or a folder asked for without its last slash, or why there is neither. */
export type Located =
  | { readonly kind: 'file'; readonly file: string; readonly bytes: number; readonly mtime: Date }
  | { readonly kind: 'folder' }
  | { readonly kind: 'missing' };

/**
 * The decoded path of a request target, without its query. `null` for targets that are no path, do
 * not decode, or try to climb out of the folder.
 */
export function pathOf(target: string): string | null {
  if (!target.startsWith('/') || target.length > PATH_LENGTH_MAX) return null;
  const raw = target.split(/[?#]/, 1)[0] ?? '';
  const segments: string[] = [];
  for (const segment of raw.split('/')) {
    const decoded = decodeSegment(segment);
    if (decoded === null || decoded === '.' || decoded === '..') return null;
    if (/[/\\\0]/.test(decoded)) return null;
    segments.push(decoded);
  }
  return segments.join('/');
}

function decodeSegment(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}

/**
 * What stands under a decoded path, as GitHub Pages looks it up: the file itself, `path.html`, the
 * folder's `index.html`. `root` is a real path; links that lead out of it are missing.
 */
export async function locate(root: string, path: string): Promise<Located> {
  const segments = path.split('/').slice(1);
  const hidden = segments.some((name) => name.startsWith('.') && name !== '.well-known');
  const hollow = segments.slice(0, -1).includes('');
  if (hidden || hollow || path === `/${MANIFEST_FILE}`) return { kind: 'missing' };
  if (path.endsWith('/')) return (await fileAt(root, `${path}index.html`)) ?? { kind: 'missing' };
  return (
    (await fileAt(root, path)) ??
    (await fileAt(root, `${path}.html`)) ??
    ((await fileAt(root, `${path}/index.html`)) ? { kind: 'folder' } : { kind: 'missing' })
  );
}

async function fileAt(root: string, path: string): Promise<Located | null> {
  try {
    const file = await realpath(join(root, path));
    const found = await stat(file);
    if (!found.isFile() || !file.startsWith(root.endsWith(sep) ? root : root + sep)) return null;
    return { kind: 'file', file, bytes: found.size, mtime: found.mtime };
  } catch (cause) {
    if (ABSENT.has((cause as NodeJS.ErrnoException).code ?? '')) return null;
    throw cause;
  }
}

const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP']);
