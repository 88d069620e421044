import TurndownService from 'turndown';
import { strikethrough } from 'turndown-plugin-gfm';
import { childrenOf, type DomElement, isElement, isText } from './dom.ts';
import { addBlockRules, addInlineRules } from './markdown-rules.ts';
import { addTableRules } from './markdown-tables.ts';
import { countWords } from './words.ts';

export type Markdown = {
  readonly text: string;
  /** Words of its prose, without code, and those of them that are in links. */
  readonly words: number;
  readonly linkWords: number;
  /** Characters of its code blocks that are no white space. */
  readonly codeLength: number;
};

/** GitHub-flavoured Markdown of a main content whose code blocks are normalised. */
export function toMarkdown(
  root: DomElement,
  page: { readonly base: string; readonly title: string },
): Markdown {
  const service = new TurndownService({
    headingStyle: 'atx',
    bulletListMarker: '-',
    codeBlockStyle: 'fenced',
    emDelimiter: '*',
    hr: '---',
  });
  // Only what would turn prose into a block is escaped: stray backslashes would be searched for.
  service.escape = escapeBlockStarts;
  service.use(strikethrough);
  addBlockRules(service);
  addInlineRules(service, page.base);
  addTableRules(service);
  const text = service.turndown(root as never);
  return { text: withoutTitle(text, page.title), ...measure(root) };
}

const BLOCK_START = /^(#{1,6}(?=\s)|[-+*](?=\s)|`{3,}|~{3,})/;
const ORDERED_START = /^(\d{1,9})([.)])(?=\s)/;

/** Text after an inline element begins with its space, if it begins with one; that of a block not. */
const escapeBlockStarts = (text: string): string =>
  text.replace(BLOCK_START, '\\$1').replace(ORDERED_START, '$1\\$2');

/** The heading that only repeats the title is left out: the title is kept beside the Markdown. */
function withoutTitle(markdown: string, title: string): string {
  const first = /^# (.*)(?:\n+|$)/.exec(markdown);
  const repeats = first?.[1] !== undefined && lettersOf(first[1]) === lettersOf(title);
  return repeats ? markdown.slice(first[0].length) : markdown;
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
