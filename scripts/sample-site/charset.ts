import iconv from 'iconv-lite';

/**
 * HTML in the bytes of a charset. What the charset cannot hold is written as a character reference,
 * as old editors do; so that must stand in text or attributes, not in a script.
 */
export function encodeHtml(html: string, charset: string): Buffer {
  let text = '';
  for (const character of html) {
    const holds = iconv.decode(iconv.encode(character, charset), charset) === character;
    text += holds ? character : `&#${character.codePointAt(0)};`;
  }
  return iconv.encode(text, charset);
}
