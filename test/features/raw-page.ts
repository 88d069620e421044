import type { RawPage } from '#ports/page-fetcher.ts';

export const PAGE_URL = 'https://blog.example/posts/first';

/** A fetched page with a body of text (UTF-8) or bytes. */
export const rawPage = (body: string | Uint8Array, rest: Partial<RawPage> = {}): RawPage => ({
  stage: 'raw',
  url: PAGE_URL,
  status: 200,
  body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
  contentType: 'text/html; charset=utf-8',
  etag: null,
  lastModified: null,
  robotsTag: '',
  ...rest,
});
