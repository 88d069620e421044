import type { PostMetadata } from '#domain/document.ts';
import { createFenceReader } from './code-fences.ts';
import { type FrontMatter, readFrontMatter } from './front-matter.ts';
import { type LinkedMarkdown, resolveLinks } from './markdown-links.ts';
import { countWords } from './words.ts';

/** How much a Markdown says. */
export type TextSurvey = {
  /** Words outside of code blocks, and those of them that are in links. */
  readonly words: number;
  readonly linkWords: number;
  /** Characters of code blocks that are no white space. */
  readonly codeLength: number;
};

/** A page of plain text or Markdown. */
export type TextPage = TextSurvey & {
  readonly markdown: string;
  readonly metadata: PostMetadata;
  /** Targets of its links, absolute. */
  readonly targets: readonly string[];
};

export const surveyText = (markdown: string, url: string): TextSurvey =>
  surveyOf(resolveLinks(markdown, url));

const surveyOf = ({ prose, linkText, code }: LinkedMarkdown): TextSurvey => ({
  words: countWords(prose),
  linkWords: countWords(linkText),
  codeLength: code.replace(/\s+/g, '').length,
});

/** Plain text as it stands. */
export function readPlainText(text: string, url: string): TextPage {
  const { title } = splitTitle(text);
  return describe(text, url, { title, front: null, markdown: text });
}

/**
 * Markdown without its front matter and its first heading of level 1, which are its metadata, and
 * with absolute links.
 */
export function readMarkdown(text: string, url: string): TextPage {
  const { front, rest } = readFrontMatter(text.replace(/^\ufeff/, ''));
  const { title, others } = splitTitle(rest);
  const isSame =
    front?.title == null || (title !== null && lettersOf(title) === lettersOf(front.title));
  // A heading with nothing below it is all that the page says.
  const kept = isSame && others.trim() !== '' ? others : rest;
  return describe(kept, url, { title, front, markdown: null });
}

type Found = {
  readonly title: string | null;
  readonly front: FrontMatter | null;
  /** The text as it is stored; `null` for the one with absolute links. */
  readonly markdown: string | null;
};

function describe(text: string, url: string, { title, front, markdown }: Found): TextPage {
  const linked = resolveLinks(text, url);
  return {
    markdown: markdown ?? linked.text,
    metadata: {
      author: null,
      publishedAt: null,
      modifiedAt: null,
      language: null,
      description: null,
      tags: [],
      ...front,
      title: front?.title ?? title ?? nameOf(url),
      siteName: null,
    },
    targets: linked.targets,
    ...surveyOf(linked),
  };
}

const HEADING = /^ {0,3}# +(.+?)(?: +#+)? *$/;
const UNDERLINE = /^ {0,3}=+ *$/;

/** The first heading of level 1 outside of code, and the text without it. */
function splitTitle(text: string): { title: string | null; others: string } {
  const fences = createFenceReader();
  const lines = text.split(/(?<=\n)|(?<=\r)(?!\n)/);
  let before = '';
  for (const [at, line] of lines.entries()) {
    const bare = line.replace(/[\r\n]+$/, '');
    if (fences.read(bare) !== 'prose') {
      before = '';
      continue;
    }
    const heading = HEADING.exec(bare)?.[1];
    const isUnderline = UNDERLINE.test(bare) && /^ {0,3}\S/.test(before);
    if (heading !== undefined || isUnderline) {
      const start = heading === undefined ? at - 1 : at;
      const others = [...lines.slice(0, start), ...lines.slice(at + 1)].join('');
      const title = plainText(heading ?? before);
      return {
        title: title === '' ? null : title,
        others: others.replace(/^(?:[ \t]*[\r\n])+/, ''),
      };
    }
    before = bare;
  }
  return { title: null, others: text };
}

/** A heading without the marks of code, emphasis, links and images. */
const plainText = (heading: string): string =>
  heading
    .replace(/!?\[([^[\]]*)\]\([^()]*\)/g, '$1')
    .replace(/[*`]+/g, '')
    .replace(/\s+/g, ' ')
    .trim();

const lettersOf = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');

/** The last part of a URL's path, else its host. */
function nameOf(url: string): string {
  const parsed = URL.parse(url);
  return parsed?.pathname.split('/').findLast((part) => part !== '') ?? parsed?.hostname ?? url;
}
