import { extname } from 'node:path';

/** Content types by file ending; HTML says its charset itself. */
const TYPES: Readonly<Record<string, string>> = {
  '.md': 'text/markdown; charset=utf-8',
  '.markdown': 'text/markdown; charset=utf-8',
  '.mdx': 'text/markdown; charset=utf-8',
  '.html': 'text/html',
  '.htm': 'text/html',
  '.xhtml': 'application/xhtml+xml',
};

/** What a file's name says it is; `null` for what is no page. */
export function pageTypeOf(name: string): string | null {
  return TYPES[extname(name).toLowerCase()] ?? null;
}

/** Folders and files that are not the reader's: hidden ones, and other people's packages. */
export const isPassedOver = (name: string): boolean =>
  name.startsWith('.') || name === 'node_modules';
