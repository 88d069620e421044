import { Parser } from 'htmlparser2';

/** The text of a piece of HTML: tags dropped, entities read, white space collapsed. */
export function plainText(html: string): string {
  let text = '';
  let hidden = 0;
  const parser = new Parser({
    ontext: (piece) => {
      if (hidden === 0) text += piece;
    },
    onopentag: (name) => {
      if (HIDDEN.has(name)) hidden += 1;
    },
    onclosetag: (name) => {
      if (HIDDEN.has(name)) hidden -= 1;
    },
  });
  parser.end(html);
  return text.replace(/\s+/g, ' ').trim();
}

const HIDDEN: ReadonlySet<string> = new Set(['script', 'style']);
