/** What a line of Markdown is: text, the first or last line of a code block, or code. */
type LineKind = 'prose' | 'mark' | 'code';

export type FenceReader = {
  /** Lines in order. `prose` is the line as it is looked at outside of code; by default as it is. */
  read(line: string, prose?: () => string): LineKind;
};

type Fence = {
  /** Run of backticks or tildes that closes it, or a longer one. */
  readonly run: string;
  /** Quotation marks before it: it ends with the quotation at the latest. */
  readonly quotes: number;
  /** Columns that the run may be indented by. */
  readonly indentMax: number;
};

/** After lists and quotations in each other, of which any number would overflow the engine's stack. */
const OPENING =
  /^((?:[ \t]*(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t]))){0,20}[ \t]*)(?:(`{3,})[^`]*|(~{3,}).*)$/;
const CLOSING = /^([ \t]*)(`{3,}|~{3,})[ \t]*$/;
/** Columns by which a fence may stand further right than its opening. */
const INDENT_MAX = 3;

/** Follows the code fences of a text, also of those in lists and quotations (CommonMark 4.5). */
export function createFenceReader(): FenceReader {
  let open: Fence | null = null;

  const readProse = (line: string): LineKind => {
    open = fenceOpenedBy(line);
    return open === null ? 'prose' : 'mark';
  };
  return {
    read(line, prose = () => line) {
      if (open === null) return readProse(prose());
      const code = withoutQuotes(line, open.quotes);
      if (code === null) return readProse(prose());
      if (!closes(code, open)) return 'code';
      open = null;
      return 'mark';
    },
  };
}

function fenceOpenedBy(line: string): Fence | null {
  const [, before = '', backticks, tildes] = OPENING.exec(line) ?? [];
  const run = backticks ?? tildes;
  if (run === undefined) return null;
  const quotes = before.split('>').length - 1;
  const indent = before.length - (before.lastIndexOf('>') + 1);
  return { run, quotes, indentMax: indent + INDENT_MAX };
}

/** The line inside of its quotations; `null` when they have ended. */
function withoutQuotes(line: string, quotes: number): string | null {
  let rest = line;
  for (let level = 0; level < quotes; level += 1) {
    const mark = /^[ \t]*>/.exec(rest)?.[0];
    if (mark === undefined) return null;
    rest = rest.slice(mark.length);
  }
  return rest;
}

function closes(code: string, { run, indentMax }: Fence): boolean {
  const [, indent = '', closing] = CLOSING.exec(code) ?? [];
  return closing?.startsWith(run) === true && indent.length <= indentMax;
}
