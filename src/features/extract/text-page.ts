import type { RawPage } from '#ports/page-fetcher.ts';
import { readDirectives } from './directives.ts';
import type { ExtractedPage } from './extract.ts';
import { countWords } from './words.ts';

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const HEADING = /^ {0,3}# +(.+?)(?: +#+)? *$/;

/** A page of plain text or Markdown: the document is what it says, as it says it. */
export function readTextPage(page: RawPage, text: string): ExtractedPage {
  const { noindex, nofollow } = readDirectives({ metas: [] }, page.robotsTag);
  const { title, prose, code } = survey(text);
  return {
    stage: 'extracted',
    url: page.url,
    canonical: null,
    refresh: null,
    noindex,
    nofollow,
    links: [],
    feeds: [],
    markdown: text,
    metadata: {
      title: title ?? nameOf(page.url),
      author: null,
      publishedAt: null,
      modifiedAt: null,
      language: null,
      siteName: null,
      description: null,
      tags: [],
    },
    words: countWords(prose),
    linkShare: 0,
    codeLength: code.replace(/\s+/g, '').length,
    malformed: null,
  };
}

/** The first heading of level 1, and the lines in and outside of code fences. */
function survey(text: string): { title: string | null; prose: string; code: string } {
  const [prose, code]: [string[], string[]] = [[], []];
  let title: string | null = null;
  let fence: string | null = null;
  for (const line of text.split(/\r\n|\n|\r/)) {
    const marker = FENCE.exec(line)?.[1];
    if (marker !== undefined && (fence === null || marker.startsWith(fence))) {
      fence = fence === null ? marker : null;
    } else if (fence !== null) code.push(line);
    else {
      title ??= HEADING.exec(line)?.[1] ?? null;
      prose.push(line);
    }
  }
  return { title, prose: prose.join('\n'), code: code.join('\n') };
}

/** The last part of a URL's path, else its host. */
function nameOf(url: string): string {
  const parsed = URL.parse(url);
  return parsed?.pathname.split('/').findLast((part) => part !== '') ?? parsed?.hostname ?? url;
}
