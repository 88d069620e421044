import TurndownService from 'turndown';
import { strikethrough } from 'turndown-plugin-gfm';
import { escapeBlockStarts } from './block-starts.ts';
import { childrenOf, type DomElement, isElement, isText } from './dom.ts';
import { type Footnote, writeFootnotes } from './footnotes.ts';
import { dropHeadingAnchors } from './heading-anchors.ts';
import {
  addBlockRules,
  addImageRule,
  addInlineRules,
  addMathsRule,
  targetOf,
} from './markdown-rules.ts';
import { addTableRules, createTableShapes } from './markdown-tables.ts';
import { countWords } from './words.ts';

export type Markdown = {
  readonly text: string;
  /** Words of its prose, without code, and those of them that are in links. */
  readonly words: number;
  readonly linkWords: number;
  /** Characters of its code blocks that are no white space. */
  readonly codeLength: number;
};

export type MarkdownPage = {
  readonly base: string;
  readonly title: string;
  readonly footnotes: readonly Footnote[];
};

/**
 * GitHub-flavoured Markdown of a main content whose code blocks are normalised, and of the notes
 * that it refers to; changes both. Throws what Turndown throws.
 */
export function toMarkdown(root: DomElement, page: MarkdownPage): Markdown {
  const counts = measure(root);
  const write = createWriter(page.base);
  const text = withoutTitle(write(root), page.title);
  return { text: writeFootnotes(text, page.footnotes, write), ...counts };
}

function createWriter(base: string): (root: DomElement) => string {
  const service = new TurndownService({
    headingStyle: 'atx',
    bulletListMarker: '-',
    codeBlockStyle: 'fenced',
    hr: '---',
  });
  service.escape = (text) => text;
  service.use(strikethrough);
  addBlockRules(service);
  addInlineRules(service, base);
  addImageRule(service, base);
  addMathsRule(service);
  addTableRules(service);
  return (root) => {
    dropHeadingAnchors(root);
    const shapeAround = createTableShapes();
    escapeBlockStarts(
      root,
      (element) =>
        /^h[1-6]$/.test(element.localName) ||
        (element.localName === 'a' && targetOf(element.getAttribute('href'), base) !== null) ||
        (/^t[hd]$/.test(element.localName) && !shapeAround(element).isLayout),
    );
    return service.turndown(root as never);
  };
}

/** The heading that only repeats the title is left out: the title is kept beside the Markdown. */
function withoutTitle(markdown: string, title: string): string {
  const [line = ''] = markdown.split('\n', 1);
  const heading = /^#{1,6} (.*)$/.exec(line)?.[1];
  const repeats = heading !== undefined && lettersOf(heading) === lettersOf(title);
  return repeats ? markdown.slice(line.length).replace(/^\n+/, '') : markdown;
}

const lettersOf = (text: string): string =>
  text
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');

function measure(root: DomElement): Omit<Markdown, 'text'> {
  const counts = { words: 0, linkWords: 0, codeLength: 0 };
  const visit = (element: DomElement, inLink: boolean) => {
    for (const child of childrenOf(element)) {
      if (isText(child)) {
        const words = countWords(child.textContent);
        counts.words += words;
        if (inLink) counts.linkWords += words;
      } else if (isElement(child) && child.localName === 'pre') {
        counts.codeLength += child.textContent.replace(/\s+/g, '').length;
      } else if (isElement(child)) {
        visit(child, inLink || (child.localName === 'a' && child.getAttribute('href') !== null));
      }
    }
  };
  visit(root, false);
  return counts;
}
