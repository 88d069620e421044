import type { FetchRequest } from '#ports/page-fetcher.ts';

export type Accept = FetchRequest['accept'];

const HEADERS: Readonly<Record<Accept, string>> = {
  page: 'text/html, application/xhtml+xml, text/markdown;q=0.9, text/plain;q=0.8',
  feed:
    'application/atom+xml, application/rss+xml, application/feed+json, ' +
    'application/xml;q=0.9, application/json;q=0.9, text/*;q=0.8',
  sitemap: 'application/xml, text/xml, application/gzip;q=0.9, text/plain;q=0.8',
  robots: 'text/plain, text/*;q=0.8',
};

const PAGES = new Set(['text/html', 'application/xhtml+xml', 'text/plain', 'text/markdown']);
const ARCHIVES = new Set(['application/gzip', 'application/x-gzip']);
// What servers say of a file whose ending they do not know.
const UNKNOWN = 'application/octet-stream';

export const acceptHeader = (accept: Accept): string => HEADERS[accept];

/** The type and subtype of a Content-Type header, lower case, without parameters. */
export function essenceOf(contentType: string): string {
  const [essence = ''] = contentType.split(';', 1);
  return essence.trim().toLowerCase();
}

/** Whether a body of this type may answer; a missing type always may. */
export function isAccepted(accept: Accept, contentType: string): boolean {
  const essence = essenceOf(contentType);
  if (essence === '') return true;
  switch (accept) {
    case 'page':
      return PAGES.has(essence);
    case 'feed':
      return isXml(essence) || isJson(essence) || isText(essence) || essence === UNKNOWN;
    case 'sitemap':
      return isXml(essence) || ARCHIVES.has(essence) || isText(essence) || essence === UNKNOWN;
    case 'robots':
      return isText(essence) || essence === UNKNOWN;
  }
}

const isText = (essence: string) => essence.startsWith('text/');
const isXml = (essence: string) =>
  essence === 'application/xml' || essence === 'text/xml' || essence.endsWith('+xml');
const isJson = (essence: string) => essence === 'application/json' || essence.endsWith('+json');
