/** An inline link or image: `[text](href)`. Offsets span the whole of it. */
export type InlineLink = {
  readonly text: string;
  readonly href: string;
  readonly image: boolean;
  readonly start: number;
  readonly end: number;
};

const HREF_CHARACTERS_MAX = 2_048;

/** Links in order of their end, innermost first; code spans and escaped brackets are no links. */
export function inlineLinks(markdown: string): readonly InlineLink[] {
  const links: InlineLink[] = [];
  const open: number[] = [];
  for (let at = 0; at < markdown.length; at += 1) {
    const character = markdown[at];
    if (character === '\\') at += 1;
    else if (character === '`') at = codeSpanEnd(markdown, at) - 1;
    else if (character === '[') open.push(at);
    else if (character === ']') {
      const bracket = open.pop();
      const target = bracket === undefined ? null : targetAt(markdown, at + 1);
      if (bracket !== undefined && target !== null) {
        const image = markdown[bracket - 1] === '!' && markdown[bracket - 2] !== '\\';
        const text = markdown.slice(bracket + 1, at);
        const start = image ? bracket - 1 : bracket;
        links.push({ text, href: target.href, image, start, end: target.end });
        at = target.end - 1;
      }
    }
  }
  return links;
}

/** The end of the code span at `at`, or of its backticks when it is never closed. */
function codeSpanEnd(markdown: string, at: number): number {
  let from = at;
  while (markdown[from] === '`') from += 1;
  const ticks = markdown.slice(at, from);
  // Spans do not cross a paragraph, which also bounds the search.
  const paragraph = markdown.indexOf('\n\n', from);
  const limit = paragraph < 0 ? markdown.length : paragraph;
  for (let found = markdown.indexOf(ticks, from); found >= 0 && found < limit; ) {
    let end = found;
    while (markdown[end] === '`') end += 1;
    if (end - found === ticks.length) return end;
    found = markdown.indexOf(ticks, end);
  }
  return from;
}

const DESTINATION = /^\(\s*(?:<([^<>\n]*)>|([^\s<][^\s]*?))(?:\s+["'(][^\n]*?["')])?\s*\)$/;

/** The `(href "title")` at `at`. Parentheses inside a bare href are balanced. */
function targetAt(markdown: string, at: number): { href: string; end: number } | null {
  if (markdown[at] !== '(') return null;
  const limit = Math.min(markdown.length, at + HREF_CHARACTERS_MAX);
  let depth = 0;
  for (let end = at; end < limit; end += 1) {
    const character = markdown[end];
    if (character === '\n' && markdown[end + 1] === '\n') return null;
    if (character === '\\') end += 1;
    else if (character === '(') depth += 1;
    else if (character === ')') {
      depth -= 1;
      if (depth === 0) {
        const match = DESTINATION.exec(markdown.slice(at, end + 1));
        const href = match?.[1] ?? match?.[2];
        return href === undefined ? null : { href: unescaped(href), end: end + 1 };
      }
    }
  }
  return null;
}

/** Inline Markdown as a reader sees it: links as their text, no images, no emphasis marks. */
export function plainText(markdown: string): string {
  const links = inlineLinks(markdown);
  const outer: InlineLink[] = [];
  for (const link of links) {
    while ((outer.at(-1)?.start ?? -1) >= link.start) outer.pop();
    outer.push(link);
  }
  let plain = '';
  let from = 0;
  for (const link of outer) {
    plain += unmarked(markdown.slice(from, link.start)) + (link.image ? '' : plainText(link.text));
    from = link.end;
  }
  return oneLine(plain + unmarked(markdown.slice(from)));
}

export const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

const ESCAPED = /\\([!-/:-@[-`{-~])/g;
const unescaped = (text: string): string => text.replace(ESCAPED, '$1');

/** Without emphasis and code marks. Underscores within a word are part of it. */
function unmarked(text: string): string {
  const bare = (part: string) =>
    part
      .replace(/\*+|~~/g, '')
      .replace(
        /(?<![\p{L}\p{N}])_+(?=[\p{L}\p{N}])|(?<=[\p{L}\p{N}?!.,:])_+(?![\p{L}\p{N}])/gu,
        '',
      );
  let plain = '';
  let from = 0;
  for (const match of text.matchAll(/\\[!-/:-@[-`{-~]|`+/g)) {
    if (match.index < from) continue;
    plain += bare(text.slice(from, match.index));
    if (match[0].startsWith('\\')) plain += match[0].slice(1);
    const end = match[0].startsWith('`') ? codeSpanEnd(text, match.index) : match.index + 2;
    if (match[0].startsWith('`')) plain += text.slice(match.index, end).replaceAll('`', '');
    from = end;
  }
  return plain + bare(text.slice(from));
}
