import { extractPage } from '#features/extract/extract.ts';
import type { RawPage } from '#ports/page-fetcher.ts';
import { rawPage } from '../raw-page.ts';

export const PROSE =
  'The harbour was quiet that morning, and the boats lay where the tide had left them, on the sand. ';

const paragraph = PROSE.repeat(4).trim();

export const extractHtml = (html: string, rest: Partial<RawPage> = {}) =>
  extractPage(rawPage(html, rest));

export type PostParts = {
  readonly before?: string;
  readonly between?: string;
  readonly after?: string;
  readonly head?: string;
};

/** A post of four paragraphs, with something before, between or after them. */
export const postHtml = ({ before = '', between = '', after = '', head = '' }: PostParts): string =>
  `<html lang="en"><head><title>Boats</title>${head}</head><body><main><article><h1>Boats</h1>` +
  `${before}<p>${paragraph}</p><p>${paragraph}</p>${between}<p>${paragraph}</p>` +
  `<p>${paragraph}</p>${after}</article></main></body></html>`;

/** What is left of a post but its own paragraphs. */
export function besideText(parts: PostParts): string {
  const { markdown } = extractHtml(postHtml(parts));
  return markdown
    .replaceAll(paragraph, '')
    .replace(/\n{2,}/g, '\n\n')
    .trim();
}
