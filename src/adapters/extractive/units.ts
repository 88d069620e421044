import type { Passage } from '#domain/prompt.ts';
import { splitSentences } from './sentences.ts';

/** The smallest thing an answer can be made of: a sentence, a table's row, a listing. */
export type Unit = {
  readonly kind: 'sentence' | 'row' | 'code';
  /** As an answer shows it: verbatim but for blanks and link targets. */
  readonly text: string;
  /** Words that give it meaning: of a row, the table's header. */
  readonly context: string;
  /** Number of the passage it stands in. */
  readonly passage: number;
  /** Counts the paragraphs, lists and tables of its passage from 0. */
  readonly block: number;
};

/** A listing longer than this answers nothing by itself. */
const CODE_LENGTH_MAX = 400;
const FENCE = /^\s{0,3}(```|~~~)/;
const LIST_MARK = /^\s*(?:[-*+]|\d{1,3}[.)])\s+/;
const QUOTE_MARK = /^\s{0,3}(?:>\s?)+/;
const TABLE_RULE = /^[\s|:-]+$/;

/** What a passage can answer with, in its order. Headings are context and no answer. */
export function unitsOf(passage: Pick<Passage, 'number' | 'text'>): readonly Unit[] {
  const units: Unit[] = [];
  for (const [block, { kind, lines }] of blocksOf(passage.text).entries()) {
    const add = (type: Unit['kind'], text: string, context = '') => {
      if (/[\p{L}\p{N}]/u.test(text)) {
        units.push({ kind: type, text, context, passage: passage.number, block });
      }
    };
    if (kind === 'code') {
      const text = lines.join('\n');
      if (text.length <= CODE_LENGTH_MAX) add('code', text);
    } else if (kind === 'table') {
      const [header = '', ...rows] = lines.filter((line) => !TABLE_RULE.test(line)).map(show);
      // A header alone is a table that was cut in two; its columns still say something.
      for (const row of rows) add('row', row, header);
    } else {
      for (const sentence of splitSentences(show(lines.join(' ')))) add('sentence', sentence);
    }
  }
  return units;
}

type Block = { readonly kind: 'text' | 'table' | 'code'; readonly lines: string[] };

/** Paragraphs, list entries, tables and fences; Markdown's block marks are taken off. */
function blocksOf(markdown: string): readonly Block[] {
  const blocks: Block[] = [];
  let open: Block | null = null;
  let fence = openedBefore(markdown);
  const start = (kind: Block['kind'], line: string): Block => {
    const block = { kind, lines: [line] };
    blocks.push(block);
    return block;
  };
  if (fence !== null) open = start('code', fence);
  for (const raw of markdown.split('\n')) {
    const mark: string | null = FENCE.exec(raw)?.[1] ?? null;
    if (fence !== null) {
      open?.lines.push(raw);
      if (mark === fence) fence = open = null;
      continue;
    }
    const line = raw.replace(QUOTE_MARK, '');
    if (mark !== null) {
      fence = mark;
      open = start('code', raw);
    } else if (line.trim() === '' || /^\s{0,3}#{1,6}\s/.test(line)) {
      open = null;
    } else if (/^\s*\|/.test(line)) {
      if (open?.kind === 'table') open.lines.push(line);
      else open = start('table', line);
    } else if (LIST_MARK.test(line)) {
      open = start('text', line.replace(LIST_MARK, ''));
    } else if (open?.kind === 'text') {
      open.lines.push(line);
    } else {
      open = start('text', line);
    }
  }
  // A fence that was cut would swallow all that is shown after it.
  if (fence !== null) open?.lines.push(fence);
  return blocks;
}

/**
 * The mark of a fence that was opened before the passage begins: marks come in pairs, and one that
 * names a language, or that the passage begins with, opens. `null` when it begins with text.
 */
function openedBefore(markdown: string): string | null {
  const marks = markdown.split('\n').filter((line) => FENCE.test(line));
  const [first] = marks;
  if (first === undefined || marks.length % 2 === 0 || markdown.startsWith(first)) return null;
  return /^\s*[`~]+\s*$/.test(first) ? (FENCE.exec(first)?.[1] ?? null) : null;
}

/**
 * Text as it is shown: link targets and images away, blanks joined. A bracketed number would read
 * as a citation of ours, so its brackets become round.
 */
const show = (markdown: string): string =>
  markdown
    .replace(/!\[[^\]]*\]\([^()]*\)/g, ' ')
    .replace(/\[([^\][]*)\]\([^()\s]*(?:\s"[^"]*")?\)/g, '$1')
    .replace(/\[(\d+(?:\s?,\s?\d+)*)\]/g, '($1)')
    .replace(/\s+/g, ' ')
    .trim();
