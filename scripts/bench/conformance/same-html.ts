import { Parser } from 'htmlparser2';

/**
 * Whether two pieces of HTML say the same: the same elements in the same order with the same
 * attributes in any order, references resolved, and the same text but for white space. As `text`,
 * the words alone count.
 */
export function sameHtml(
  ours: string,
  base: string | null,
  theirs: string,
  as: 'html' | 'text' = 'html',
): boolean {
  return tokensOf(ours, base, as).join('') === tokensOf(theirs, base, as).join('');
}

const REFERENCES: ReadonlySet<string> = new Set(['href', 'src', 'cite', 'action']);

function tokensOf(html: string, base: string | null, as: 'html' | 'text'): readonly string[] {
  const tokens: string[] = [];
  let text = '';
  const flush = () => {
    const said = text.replace(/\s+/g, ' ').trim();
    if (said !== '') tokens.push(said);
    text = '';
  };
  const parser = new Parser({
    ontext: (piece) => {
      text += piece;
    },
    onopentag: (name, attributes) => {
      if (as === 'text') return;
      flush();
      const sorted = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
      tokens.push(
        `<${name}${sorted.map(([key, value]) => attributeOf(key, value, base)).join('')}>`,
      );
    },
    onclosetag: (name) => {
      if (as === 'text') return;
      flush();
      tokens.push(`</${name}>`);
    },
  });
  parser.end(html);
  flush();
  return tokens;
}

function attributeOf(name: string, value: string, base: string | null): string {
  const resolved = REFERENCES.has(name) && base !== null ? URL.parse(value, base)?.href : undefined;
  return ` ${name}="${resolved ?? value}"`;
}
