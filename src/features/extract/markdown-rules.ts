import type TurndownService from 'turndown';
import { codeText, LANGUAGE_ATTRIBUTE } from './code-blocks.ts';
import { childrenOf, type DomElement, isElement } from './dom.ts';
import { BLOCK_ATTRIBUTE } from './maths.ts';

/** Turndown hands over the nodes that it was given, or copies of them. */
const elementOf = (node: unknown): DomElement => node as DomElement;

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** Whether a content is more than one paragraph, which no inline mark can hold. */
const hasBlocks = (content: string): boolean => /\n[ \t]*\n/.test(content);

/** Headings, code as it stands, lists, and blocks that Turndown takes for parts of a line. */
export function addBlockRules(service: TurndownService): void {
  service.addRule('heading', {
    filter: ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'],
    replacement: (content, node) => {
      // Number signs at the end would be taken for the closing marks of the heading.
      const title = oneLine(content).replace(/(^| )(#+)$/, '$1\\$2');
      const level = Number(elementOf(node).localName.charAt(1));
      return title === '' ? '' : `\n\n${'#'.repeat(level)} ${title}\n\n`;
    },
  });
  service.addRule('code-block', {
    filter: 'pre',
    replacement: (_content, node) => {
      const element = elementOf(node);
      const code = codeText(element).replace(/\n$/, '');
      const language = element.getAttribute(LANGUAGE_ATTRIBUTE) ?? '';
      const fence = fenceFor(code);
      return `\n\n${fence}${language}\n${code}\n${fence}\n\n`;
    },
  });
  const numbers = new WeakMap<DomElement, number>();
  service.addRule('list-entry', {
    filter: 'li',
    replacement: (content, node) => {
      const text = content.replace(/^\n+/, '').trimEnd();
      if (text === '') return '';
      const marker = markerOf(elementOf(node), numbers);
      return `${marker}${text.replace(/\n(?=[^\n])/g, `\n${' '.repeat(marker.length)}`)}\n`;
    },
  });
  service.addRule('definition-term', {
    filter: 'dt',
    replacement: (content) =>
      hasBlocks(content)
        ? content
        : `\n\n${content.trim() === '' ? '' : `**${oneLine(content)}**`}\n\n`,
  });
  service.addRule('other-block', {
    filter: ['caption', 'details', 'legend', 'summary'],
    replacement: (content) => `\n\n${content.trim()}\n\n`,
  });
}

const NUMBER_MAX = 999_999_999;

function markerOf(entry: DomElement, numbers: WeakMap<DomElement, number>): string {
  const list = entry.parentNode;
  if (list?.localName !== 'ol') return '- ';
  if (!numbers.has(entry)) numberEntries(list, numbers);
  return `${Math.min(numbers.get(entry) ?? 1, NUMBER_MAX)}. `;
}

function numberEntries(list: DomElement, numbers: WeakMap<DomElement, number>): void {
  const start = Number(list.getAttribute('start') ?? 1);
  let number = Number.isInteger(start) && start >= 0 ? start : 1;
  for (const entry of childrenOf(list)) {
    if (!isElement(entry) || entry.localName !== 'li') continue;
    numbers.set(entry, number);
    number += 1;
  }
}

/** Longer than any run of backticks in the code, and at least three. */
function fenceFor(code: string): string {
  let longest = 2;
  for (const [run] of code.matchAll(/`{3,}/g)) longest = Math.max(longest, run.length);
  return '`'.repeat(longest + 1);
}

/** Emphasis, quotations, and absolute links. */
export function addInlineRules(service: TurndownService, base: string): void {
  service.addRule('emphasis', {
    filter: ['b', 'em', 'i', 'strong'],
    replacement: (content, node) => {
      const mark = markOf(elementOf(node).localName);
      if (content.trim() === '' || hasBlocks(content) || isWithin(elementOf(node), mark))
        return content;
      return `${mark}${content}${mark}`;
    },
  });
  service.addRule('quotation', { filter: 'q', replacement: (content) => `"${content}"` });
  service.addRule('link', {
    filter: 'a',
    replacement: (content, node) => {
      const target = targetOf(elementOf(node).getAttribute('href'), base);
      // A link around blocks cannot be written as one; its words matter more than its target.
      if (target === null || content.trim() === '' || hasBlocks(content)) return content;
      return `[${withoutOddBrackets(oneLine(content))}](${target})`;
    },
  });
}

/** Images that say something, with their captions as titles. */
export function addImageRule(service: TurndownService, base: string): void {
  service.addRule('image', {
    filter: 'img',
    replacement: (_content, node) => {
      const image = elementOf(node);
      const alt = oneLine(image.getAttribute('alt') ?? '');
      const caption = oneLine(image.getAttribute('title') ?? '');
      if (alt === '' && caption === '') return '';
      const title = caption === '' ? '' : ` "${caption.replace(/["\\]/g, '\\$&')}"`;
      const source = image.getAttribute('src') ?? '';
      const target = (source === '' ? null : targetOf(source, base)) ?? (title === '' ? '' : '<>');
      return `![${withoutOddBrackets(alt)}](${target}${title})`;
    },
  });
}

/** Formulas as TeX between dollar signs. */
export function addMathsRule(service: TurndownService): void {
  service.addRule('maths', {
    filter: (node) => elementOf(node).localName === 'math',
    replacement: (_content, node) => {
      const math = elementOf(node);
      const tex = oneLine(math.textContent);
      return math.getAttribute(BLOCK_ATTRIBUTE) === null ? `$${tex}$` : `\n\n$$\n${tex}\n$$\n\n`;
    },
  });
}

const markOf = (name: string): string =>
  name === 'b' || name === 'strong' ? '**' : name === 'em' || name === 'i' ? '*' : '';

/** Whether the emphasis is there already: marks in marks would cancel each other. */
function isWithin(element: DomElement, mark: string): boolean {
  for (let up = element.parentNode; up !== null && isElement(up); up = up.parentNode) {
    if (markOf(up.localName) === mark) return true;
  }
  return false;
}

/** A link's text may hold brackets only in pairs. */
function withoutOddBrackets(text: string): string {
  let open = 0;
  for (const character of text) {
    if (character === '[') open += 1;
    if (character === ']') open -= 1;
    if (open < 0) break;
  }
  return open === 0 ? text : text.replace(/[[\]]/g, '\\$&');
}

export function targetOf(href: string | null, base: string): string | null {
  if (href === null || href.startsWith('#')) return null;
  const url = URL.parse(href, base);
  if (url === null || !/^(?:https?|mailto):$/.test(url.protocol)) return null;
  return /[()]/.test(url.href) ? `<${url.href}>` : url.href;
}
