import type TurndownService from 'turndown';
import { codeText, LANGUAGE_ATTRIBUTE } from './code-blocks.ts';
import { childrenOf, type DomElement, isElement } from './dom.ts';

/** Turndown hands over the nodes that it was given. */
const elementOf = (node: unknown): DomElement => node as DomElement;

/** Headings without the anchors that only point at themselves, and code as it stands. */
export function addBlockRules(service: TurndownService): void {
  service.addRule('heading', {
    filter: ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'],
    replacement: (content, node) => {
      const line = content.replace(/\s+/g, ' ').trim();
      const title = line.replace(/^(?:[#¶§🔗]\s*)+|(?:\s*[#¶§🔗])+$/gu, '').trim();
      const level = Number(elementOf(node).localName.charAt(1));
      return title === '' ? '' : `\n\n${'#'.repeat(level)} ${title}\n\n`;
    },
  });
  service.addRule('code-block', {
    filter: 'pre',
    replacement: (_content, node) => {
      const element = elementOf(node);
      const code = codeText(element).replace(/^\n+|\s+$/g, '');
      if (code === '') return '';
      const language = element.getAttribute(LANGUAGE_ATTRIBUTE) ?? '';
      const fence = fenceFor(code);
      return `\n\n${fence}${language}\n${code}\n${fence}\n\n`;
    },
  });
  service.addRule('list-entry', {
    filter: 'li',
    replacement: (content, node) => {
      const text = content.replace(/^\n+|\s+$/g, '');
      if (text === '') return '';
      const marker = markerOf(elementOf(node));
      return `${marker}${text.replaceAll('\n', `\n${' '.repeat(marker.length)}`)}\n`;
    },
  });
  service.addRule('definition-term', {
    filter: 'dt',
    replacement: (content) => (content.trim() === '' ? '' : `\n\n**${content.trim()}**\n\n`),
  });
}

const NUMBER_MAX = 999_999_999;

function markerOf(entry: DomElement): string {
  const list = entry.parentNode;
  if (list?.localName !== 'ol') return '- ';
  const start = Number(list.getAttribute('start') ?? 1);
  let number = Number.isInteger(start) && start >= 0 ? start : 1;
  for (const sibling of childrenOf(list)) {
    if (sibling === entry) break;
    if (isElement(sibling) && sibling.localName === 'li') number += 1;
  }
  return `${Math.min(number, NUMBER_MAX)}. `;
}

/** Longer than any run of backticks in the code, and at least three. */
function fenceFor(code: string): string {
  const runs = code.match(/`{3,}/g) ?? [];
  return '`'.repeat(Math.max(3, ...runs.map((run) => run.length + 1)));
}

/** Absolute links, and images as the words that stand for them. */
export function addInlineRules(service: TurndownService, base: string): void {
  service.addRule('image', {
    filter: 'img',
    replacement: (_content, node) => elementOf(node).getAttribute('alt')?.trim() ?? '',
  });
  service.addRule('link', {
    filter: 'a',
    replacement: (content, node) => {
      const target = targetOf(elementOf(node).getAttribute('href'), base);
      // A link around blocks cannot be written as one; its words matter more than its target.
      if (target === null || content.trim() === '' || /\n\s*\n|^\s*#/.test(content)) return content;
      return `[${content.trim().replace(/\s+/g, ' ')}](${target})`;
    },
  });
}

function targetOf(href: string | null, base: string): string | null {
  if (href === null || href.startsWith('#')) return null;
  const url = URL.parse(href, base);
  if (url === null || !/^(?:https?|mailto):$/.test(url.protocol)) return null;
  return /[()]/.test(url.href) ? `<${url.href}>` : url.href;
}
