import type { PostMetadata } from '#domain/document.ts';
import { createFenceReader } from './code-fences.ts';
import { countWords } from './words.ts';

const HEADING = /^ {0,3}# +(.+?)(?: +#+)? *$/;

/** What there is to know of a page of plain text or Markdown; its text stays as it is. */
export type TextSurvey = {
  readonly metadata: PostMetadata;
  readonly words: number;
  readonly codeLength: number;
};

export function surveyText(markdown: string, url: string): TextSurvey {
  const { title, prose, code } = split(markdown);
  return {
    metadata: {
      title: title ?? nameOf(url),
      author: null,
      publishedAt: null,
      modifiedAt: null,
      language: null,
      siteName: null,
      description: null,
      tags: [],
    },
    words: countWords(prose),
    codeLength: code.replace(/\s+/g, '').length,
  };
}

/** The first heading of level 1, and the lines in and outside of code fences. */
function split(text: string): { title: string | null; prose: string; code: string } {
  const [prose, code]: [string[], string[]] = [[], []];
  let title: string | null = null;
  const fences = createFenceReader();
  for (const line of text.split(/\r\n|\n|\r/)) {
    const kind = fences.read(line);
    if (kind === 'code') code.push(line);
    if (kind !== 'prose') continue;
    title ??= HEADING.exec(line)?.[1] ?? null;
    prose.push(line);
  }
  return { title, prose: prose.join('\n'), code: code.join('\n') };
}

/** The last part of a URL's path, else its host. */
function nameOf(url: string): string {
  const parsed = URL.parse(url);
  return parsed?.pathname.split('/').findLast((part) => part !== '') ?? parsed?.hostname ?? url;
}
