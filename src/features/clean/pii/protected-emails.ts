/** Where Cloudflare puts an address for its script: hexadecimal, the first byte is the key. */
const ATTRIBUTE = 'data-cfemail';
const LINK = /\/cdn-cgi\/l\/email-protection#(?<code>[0-9a-f]{8,600})/i;

/** The stretch of an attribute's value that is such an address, or `null`. */
export function protectedEmail(
  name: string,
  value: string,
): { readonly start: number; readonly end: number } | null {
  if (name === ATTRIBUTE)
    return decode(value).includes('@') ? { start: 0, end: value.length } : null;
  const match = name === 'href' ? LINK.exec(value) : null;
  const code = match?.groups?.['code'];
  if (match === null || code === undefined || !decode(code).includes('@')) return null;
  const end = match.index + match[0].length;
  return { start: end - code.length, end };
}

function decode(code: string): string {
  const bytes = Array.from({ length: code.length >> 1 }, (_none, at) =>
    Number.parseInt(code.slice(2 * at, 2 * at + 2), 16),
  );
  const [key = 0, ...rest] = bytes;
  return String.fromCharCode(...rest.slice(0, 320).map((byte) => byte ^ key));
}
