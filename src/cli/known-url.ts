import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AppError } from '#domain/errors.ts';
import { canonicalUrl } from '#features/discover/url.ts';

/**
 * The form in which sources know a page, of its address or of a file's path (`/…`, `./…`, `../…`).
 * Throws `invalid_input`.
 */
export function knownUrl(text: string): string {
  if (/^\.{0,2}\//.test(text)) return pathToFileURL(resolve(text)).href;
  const url = URL.parse(text);
  if (url?.protocol === 'file:') return url.href;
  const canonical = canonicalUrl(text, text);
  if (canonical !== null) return canonical;
  const message = `"${text}" is no address of a page; write it like https://blog.example/post.`;
  throw new AppError('invalid_input', message, { param: 'url' });
}
