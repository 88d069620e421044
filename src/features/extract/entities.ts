import { Parser } from 'htmlparser2';

/** Text whose entities were written once too often, as templates do: `&amp;#8217;` for `’`. */
export function decodeEntities(text: string): string {
  if (!/&(?:#\d+|#x[\da-f]+|[a-z][a-z\d]*);/i.test(text)) return text;
  let decoded = '';
  const parser = new Parser({
    ontext: (piece) => {
      decoded += piece;
    },
  });
  // Only entities are meant; a tag is what the text says.
  parser.end(text.replaceAll('<', '&lt;'));
  return decoded;
}
