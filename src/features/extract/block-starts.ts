import { BLOCKS, childrenOf, type DomElement, type DomText, isElement, isText } from './dom.ts';

/** Text that no backslash may come into: Markdown puts a mark of its own before it. */
const MARKED: ReadonlySet<string> = new Set('b code del em i math q s strike strong'.split(' '));

/** Text that begins a line of Markdown, or follows on it; the marked may not be changed. */
type Piece = { readonly text: DomText; readonly isMarked: boolean };

/**
 * Puts a backslash before what would make a block of a line of prose: `# `, `- `, `1. `, `>`, a
 * fence, a rule, a tag, a definition. Only at the start of a line, as a reader sees lines; stray
 * backslashes would be searched for. Where `isInline` says so, in headings and cells, a line begins
 * with a mark anyway.
 */
export function escapeBlockStarts(
  root: DomElement,
  isInline: (element: DomElement) => boolean,
): void {
  let line: Piece[] = [];
  let isContinued = false;
  const endLine = (continues: boolean) => {
    escapeLine(line, isContinued);
    line = [];
    isContinued = continues;
  };
  const visit = (element: DomElement, isMarked: boolean) => {
    for (const child of childrenOf(element)) {
      if (isText(child)) line.push({ text: child, isMarked });
      if (!isElement(child)) continue;
      const { localName } = child;
      const isBlock = BLOCKS.has(localName);
      if (isBlock || localName === 'br') endLine(localName === 'br');
      if (localName !== 'pre') visit(child, isMarked || MARKED.has(localName) || isInline(child));
      if (isBlock) endLine(false);
    }
  };
  visit(root, false);
  endLine(false);
}

/** Enough of a line to tell what it would be. */
const START_LENGTH = 1_000;

function escapeLine(line: readonly Piece[], isContinued: boolean): void {
  const first = line.findIndex(({ text }) => /\S/.test(text.data));
  if (first < 0) return;
  const pieces = line.slice(first);
  let start = '';
  for (const { text } of pieces) {
    if (start.length >= START_LENGTH) break;
    start += text.data.slice(0, START_LENGTH);
  }
  const at = escapeAt(start.trimStart(), isContinued);
  if (at !== null) insertBackslash(pieces, at + start.length - start.trimStart().length);
}

/** Marks that make a block by themselves. */
const SIGN = /^(?:#{1,6}(?=\s|$)|[-+*](?=\s|$)|>|`{3}|~{3}|<[a-z/!?]|\[[^\]]+\]:)/i;
const RULE = /^(?:-\s*-\s*-[-\s]*|_\s*_\s*_[_\s]*|\*\s*\*\s*\*[*\s]*)$/;
/** A line of them makes a heading of the line before. */
const UNDERLINE = /^(?:=+|-+)\s*$/;
const NUMBER = /^\d{1,9}(?=[.)](?:\s|$))/;

/** Where a backslash is needed. */
function escapeAt(start: string, isContinued: boolean): number | null {
  if (SIGN.test(start) || RULE.test(start)) return 0;
  if (isContinued && UNDERLINE.test(start)) return 0;
  return NUMBER.exec(start)?.[0].length ?? null;
}

function insertBackslash(pieces: readonly Piece[], at: number): void {
  let before = 0;
  for (const { text, isMarked } of pieces) {
    const { data } = text;
    if (at < before + data.length) {
      if (!isMarked) text.data = `${data.slice(0, at - before)}\\${data.slice(at - before)}`;
      return;
    }
    before += data.length;
  }
}
