import { extname } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { sha256 } from '#domain/hash.ts';

const gzipAsync = promisify(gzip);
const GZIP_BYTES_MIN = 256;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.htm': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.xml': 'application/xml',
  '.rss': 'application/rss+xml',
  '.atom': 'application/atom+xml',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.ico': 'image/x-icon',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.pdf': 'application/pdf',
  '.gz': 'application/gzip',
  '.zip': 'application/zip',
};

/** The Content-Type of a file by the end of its name. */
export const contentTypeOf = (file: string): string =>
  TYPES[extname(file).toLowerCase()] ?? 'application/octet-stream';

/** True for types whose bytes are text: they are compressed, and the origin in them is rewritten. */
export const isText = (contentType: string): boolean =>
  /^text\/|\/(?:[a-z.-]+\+)?(?:json|xml)\b/.test(contentType);

/** Replaces an ASCII placeholder in text of any ASCII-compatible charset, byte for byte. */
export function rewriteOrigin(body: Buffer, placeholder: string, origin: string): Buffer {
  return Buffer.from(body.toString('latin1').replaceAll(placeholder, origin), 'latin1');
}

export type Representation = {
  readonly body: Buffer;
  /** Strong; names the content and its coding, and depends on nothing else. */
  readonly etag: string;
  readonly encoding: 'gzip' | null;
};

/**
 * The body as it is sent. The tag hashes the content before compression, so that another zlib does
 * not change it; the coding is part of it, since RFC 9110 wants one strong tag per coding.
 */
export async function represent(body: Buffer, gzipWanted: boolean): Promise<Representation> {
  const hash = sha256(body);
  if (!gzipWanted || body.length < GZIP_BYTES_MIN) {
    return { body, etag: `"${hash}"`, encoding: null };
  }
  return { body: await gzipAsync(body), etag: `"${hash}-gzip"`, encoding: 'gzip' };
}

/** Whether an Accept-Encoding header admits gzip (RFC 9110, 12.5.3). */
export function acceptsGzip(header: string): boolean {
  const weights = new Map<string, number>();
  for (const part of header.toLowerCase().split(',')) {
    const [coding = '', ...parameters] = part.split(';').map((word) => word.trim());
    const q = parameters.find((parameter) => parameter.startsWith('q='));
    weights.set(coding, q === undefined ? 1 : Number(q.slice(2)));
  }
  return (weights.get('gzip') ?? weights.get('*') ?? 0) > 0;
}

/** Whether a conditional request is met by what the client has. If-None-Match wins over the date. */
export function isUnchanged(
  conditions: { readonly ifNoneMatch: string | null; readonly ifModifiedSince: string | null },
  current: { readonly etag: string; readonly mtime: Date },
): boolean {
  if (conditions.ifNoneMatch !== null) {
    const tags = conditions.ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
    return tags.includes('*') || tags.includes(current.etag);
  }
  if (conditions.ifModifiedSince === null) return false;
  const since = Date.parse(conditions.ifModifiedSince);
  return Math.floor(current.mtime.getTime() / 1_000) * 1_000 <= since;
}
