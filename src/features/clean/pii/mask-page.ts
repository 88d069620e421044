import type { RawPage } from '#ports/page-fetcher.ts';
import { decodeHtml } from '../../extract/decode.ts';
import type { PiiCounts } from './kinds.ts';
import { maskMarkup } from './mask-html.ts';
import { maskText } from './pii.ts';

/** A fragment of HTML without personal details; its markup stays as it is. */
export const maskHtml = (html: string): string => maskMarkup(html, { xml: false }).text;

/** A body as it may be stored, and what was in it. */
export type MaskedPage = { readonly page: RawPage; readonly found: PiiCounts };

/**
 * A page without personal details, keys and tokens: in what is read, across inline elements
 * (`jo<b>@</b>example.org`), as entities, in attributes, comments and scripts. Markup, and all that
 * is not masked, stays as it was. The body becomes UTF-8 and its type says so; a page in which
 * nothing was found stays byte for byte. Plain text and Markdown are masked as text. Not found is
 * what scripts would put together, what pictures show, what hidden elements part, what is encoded
 * more than once, and what stands in the page's URL. Never throws.
 */
export function maskPage(page: RawPage): MaskedPage {
  const [written = ''] = page.contentType.split(';');
  const type = written.trim().toLowerCase();
  const body = decodeHtml(page.body, page.contentType);
  const isMarkup = type === '' || /\b(?:html|xml|xhtml)\b/.test(type);
  const masked = isMarkup ? maskMarkup(body, { xml: /\bxml\b/.test(type) }) : maskText(body);
  if (Object.keys(masked.found).length === 0) return { page, found: {} };
  return {
    page: {
      ...page,
      body: new TextEncoder().encode(masked.text),
      contentType: `${type === '' ? 'text/html' : type}; charset=utf-8`,
    },
    found: masked.found,
  };
}
