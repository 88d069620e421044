import { type Markup, markup, trusted } from './markup.ts';

type Language = {
  readonly comment: string;
  readonly string: string;
  readonly keywords: ReadonlySet<string>;
  /** Wraps each line in a span of its own, as some highlighters do. */
  readonly lines: boolean;
};

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));
const QUOTED = `"(?:[^"\\\\\\n]|\\\\.)*"|'(?:[^'\\\\\\n]|\\\\.)*'`;

const LANGUAGES: Readonly<Record<string, Language>> = {
  python: {
    comment: '#[^\\n]*',
    string: `"""[\\s\\S]*?"""|${QUOTED}`,
    keywords: words(
      'and as assert async await break class continue def del elif else except False finally for ' +
        'from if import in is lambda None not or pass raise return True try while with yield',
    ),
    lines: false,
  },
  typescript: {
    comment: '//[^\\n]*|/\\*[\\s\\S]*?\\*/',
    string: `${QUOTED}|\`(?:[^\`\\\\]|\\\\.)*\``,
    keywords: words(
      'async await break case catch class const continue else export extends false finally for ' +
        'function if import in interface let new null of return throw true try type undefined ' +
        'while',
    ),
    lines: true,
  },
  go: {
    comment: '//[^\\n]*',
    string: QUOTED,
    keywords: words(
      'break case const continue defer else for func go if import map nil package range return ' +
        'select struct switch type var',
    ),
    lines: true,
  },
  sql: {
    comment: '--[^\\n]*',
    string: "'[^']*'",
    keywords: words(
      'and as asc between by case count create desc distinct else end filter from group having ' +
        'in index interval is join left limit not null on or order over partition select set then ' +
        'using when where with',
    ),
    lines: false,
  },
};

type Token = { readonly kind: 'c' | 's' | 'n' | 'k' | null; readonly text: string };

/** Code as highlighters leave it: spans around tokens, and every character still in its place. */
export function highlight(code: string, name: string): Markup {
  const language = LANGUAGES[name];
  if (language === undefined) return markup`${code}`;
  const tokens = tokenise(code, language);
  if (!language.lines) return markup`${tokens.map(span)}`;
  const lines = linesOf(tokens).map((line) => markup`<span class="line">${line.map(span)}</span>`);
  return trusted(lines.map((line) => line.markup).join('\n'));
}

const span = ({ kind, text }: Token): Markup =>
  kind === null ? markup`${text}` : markup`<span class="tok-${kind}">${text}</span>`;

function tokenise(code: string, { comment, string, keywords }: Language): readonly Token[] {
  const pattern = new RegExp(
    `(?<c>${comment})|(?<s>${string})|(?<n>\\b\\d[\\d_.]*\\b)|(?<w>[\\p{L}_][\\p{L}\\d_]*)`,
    'gu',
  );
  const tokens: Token[] = [];
  let end = 0;
  for (const { 0: text, index, groups = {} } of code.matchAll(pattern)) {
    if (index > end) tokens.push({ kind: null, text: code.slice(end, index) });
    end = index + text.length;
    const kind = (['c', 's', 'n'] as const).find((name) => groups[name] !== undefined);
    tokens.push({ kind: kind ?? (keywords.has(text) ? 'k' : null), text });
  }
  return end < code.length ? [...tokens, { kind: null, text: code.slice(end) }] : tokens;
}

function linesOf(tokens: readonly Token[]): readonly (readonly Token[])[] {
  let line: Token[] = [];
  const lines = [line];
  for (const { kind, text } of tokens) {
    for (const [at, part] of text.split('\n').entries()) {
      if (at > 0) {
        line = [];
        lines.push(line);
      }
      if (part !== '') line.push({ kind, text: part });
    }
  }
  return lines;
}
