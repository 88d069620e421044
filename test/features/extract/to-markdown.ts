import { normaliseCodeBlocks } from '#features/extract/code-blocks.ts';
import { type Markdown, toMarkdown } from '#features/extract/markdown.ts';
import { readPage } from '#features/extract/read-page.ts';
import { fillRowSpans } from '#features/extract/row-spans.ts';
import { PAGE_URL } from '../raw-page.ts';

/** A whole body as Markdown, without the search for its main content. */
export function bodyToMarkdown(html: string, title = 'The title'): Markdown {
  const { document, codeBlocks, facts } = readPage(html, PAGE_URL, { xhtml: false });
  normaliseCodeBlocks(document, codeBlocks);
  fillRowSpans(document, document.body);
  return toMarkdown(document.body, { base: facts.base, title, footnotes: [] });
}
