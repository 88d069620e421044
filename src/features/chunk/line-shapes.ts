/** A line without its prefix (quote marks, a list's indentation) and without its line break. */
export type Line = {
  /** Offset of the line's first character, prefix included. */
  readonly start: number;
  /** Offset after its last character that is not white. */
  readonly end: number;
  /** Offset of the first character that is neither prefix nor white; `end` when it is blank. */
  readonly at: number;
  /** Columns of white space between the prefix and `at`; a tab goes to the next multiple of four. */
  readonly indent: number;
};

const TAB = 9;
const SPACE = 32;
const HASH = 35;
const PIPE = 124;
const DASH = 45;
const COLON = 58;
const BACKTICK = 96;
const TILDE = 126;
export const GREATER = 62;

const isBlank = (code: number): boolean => code === SPACE || code === TAB;

/** More columns than this make indented code, not another block. */
export const INDENT_MAX = 3;

/** Offset of the first character from `from` on that is not `code`. */
function runEnd(text: string, from: number, to: number, code: number): number {
  let at = from;
  while (at < to && text.charCodeAt(at) === code) at++;
  return at;
}

/** Level 1–6 of an ATX heading, else 0. */
export function headingLevel(text: string, line: Line): number {
  if (line.indent > INDENT_MAX || text.charCodeAt(line.at) !== HASH) return 0;
  const after = runEnd(text, line.at, line.end, HASH);
  const level = after - line.at;
  return level <= 6 && (after === line.end || isBlank(text.charCodeAt(after))) ? level : 0;
}

/** Level of a setext underline: 1 for `===`, 2 for `---`, else 0. */
export function underlineLevel(text: string, line: Line): number {
  if (line.indent > INDENT_MAX || line.at === line.end) return 0;
  const code = text.charCodeAt(line.at);
  if (code !== 61 && code !== DASH) return 0;
  return runEnd(text, line.at, line.end, code) === line.end ? (code === DASH ? 2 : 1) : 0;
}

export type Fence = { readonly code: number; readonly length: number };

/** The fence that a line opens. */
export function fenceOf(text: string, line: Line): Fence | null {
  if (line.indent > INDENT_MAX) return null;
  const code = text.charCodeAt(line.at);
  if (code !== BACKTICK && code !== TILDE) return null;
  const after = runEnd(text, line.at, line.end, code);
  if (after - line.at < 3) return null;
  // A backtick later on makes it a code span, ```like this```.
  const tick = code === BACKTICK ? text.indexOf('`', after) : -1;
  return tick >= 0 && tick < line.end ? null : { code, length: after - line.at };
}

export function closesFence(text: string, line: Line, fence: Fence): boolean {
  if (line.indent > INDENT_MAX) return false;
  const after = runEnd(text, line.at, line.end, fence.code);
  return after - line.at >= fence.length && after === line.end;
}

/** `---`, `* * *`, `___`. */
export function isRule(text: string, line: Line): boolean {
  if (line.indent > INDENT_MAX || line.at === line.end) return false;
  const code = text.charCodeAt(line.at);
  if (code !== DASH && code !== 42 && code !== 95) return false;
  let count = 0;
  for (let at = line.at; at < line.end; at++) {
    if (text.charCodeAt(at) === code) count++;
    else if (!isBlank(text.charCodeAt(at))) return false;
  }
  return count >= 3;
}

export const isQuote = (text: string, line: Line): boolean =>
  line.indent <= INDENT_MAX && text.charCodeAt(line.at) === GREATER;

export type Marker = {
  /** Offset of the item's content. */
  readonly contentAt: number;
  /** Columns that a line must be indented by to belong to the item. */
  readonly indent: number;
  readonly ordered: boolean;
};

/** The list marker that a line starts with: `-`, `*`, `+`, `1.`, `1)`. */
export function markerOf(text: string, line: Line): Marker | null {
  if (line.at === line.end) return null;
  const first = text.charCodeAt(line.at);
  let after = line.at + 1;
  const ordered = first >= 48 && first <= 57;
  if (ordered) {
    while (after < line.end && after - line.at < 9 && isDigit(text.charCodeAt(after))) after++;
    const code = text.charCodeAt(after);
    if (after === line.end || (code !== 46 && code !== 41)) return null;
    after++;
  } else if (first !== DASH && first !== 42 && first !== 43) return null;
  if (after < line.end && !isBlank(text.charCodeAt(after))) return null;
  let contentAt = after;
  while (contentAt < line.end && isBlank(text.charCodeAt(contentAt))) contentAt++;
  const blanks = contentAt - after;
  // Five blanks or more are one blank and then indented code; none is an empty first line.
  if (blanks === 0 || blanks > 4) contentAt = Math.min(after + 1, line.end);
  return {
    contentAt,
    indent: line.indent + (after - line.at) + Math.max(contentAt - after, 1),
    ordered,
  };
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** `| --- | :-: |`: at least one dash and one pipe, and nothing but dashes, colons, pipes, blanks. */
export function isDelimiterRow(text: string, line: Line): boolean {
  let pipes = 0;
  let dashes = 0;
  for (let at = line.at; at < line.end; at++) {
    const code = text.charCodeAt(at);
    if (code === PIPE) pipes++;
    else if (code === DASH) dashes++;
    else if (code !== COLON && !isBlank(code)) return false;
  }
  return pipes > 0 && dashes > 0;
}

export function hasPipe(text: string, line: Line): boolean {
  for (let at = line.at; at < line.end; at++) if (text.charCodeAt(at) === PIPE) return true;
  return false;
}

/** Elements whose content may hold blank lines; their block goes on to the end tag. */
const RAW = ['pre', 'script', 'style', 'textarea'];
const BLOCK = new Set(
  (
    'address article aside blockquote body center dd details dialog dir div dl dt fieldset ' +
    'figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hr html iframe legend li link ' +
    'main menu nav ol p section summary table tbody td tfoot th thead title tr ul'
  ).split(' '),
);

/**
 * The text that ends the HTML block which a line starts: `-->`, `</pre>`; `''` for a blank line.
 * `null` when the line starts none.
 */
export function htmlEndOf(text: string, line: Line): string | null {
  if (line.indent > INDENT_MAX || text.charCodeAt(line.at) !== 60) return null;
  if (text.startsWith('<!--', line.at)) return '-->';
  let from = line.at + 1;
  const closing = text[from] === '/';
  if (closing) from++;
  let to = from;
  while (to < line.end && to - from < 12 && /[a-z0-9]/i.test(text[to] ?? '')) to++;
  const name = text.slice(from, to).toLowerCase();
  if (!closing && RAW.includes(name)) return `</${name}>`;
  return BLOCK.has(name) ? '' : null;
}
