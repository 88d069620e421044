import sniff from 'html-encoding-sniffer';

/**
 * Text of an HTML body by the WHATWG sniffing algorithm: BOM, Content-Type, `<meta>`, and without
 * any of them UTF-8 when the bytes are UTF-8, else windows-1252. Broken sequences become U+FFFD.
 */
export function decodeHtml(body: Uint8Array, contentType: string): string {
  const encoding = sniff(body, { ...labelOf(contentType), defaultEncoding: UNDECLARED });
  return encoding === UNDECLARED ? decodeUndeclared(body) : decodeAs(encoding, body);
}

/** Text of an XML body: BOM, Content-Type, XML declaration, else UTF-8. */
export const decodeXml = (body: Uint8Array, contentType: string): string =>
  decodeAs(sniff(body, { ...labelOf(contentType), xml: true }), body);

const UNDECLARED = 'undeclared';
const FALLBACK = 'windows-1252';

function decodeUndeclared(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return decodeAs(FALLBACK, body);
  }
}

/** Encodings without a decoder by design are read as browsers show them: byte for byte. */
function decodeAs(encoding: string, body: Uint8Array): string {
  const name = encoding === 'x-user-defined' || encoding === 'replacement' ? FALLBACK : encoding;
  return new TextDecoder(name).decode(body);
}

/** The charset parameter of a Content-Type header. */
function labelOf(contentType: string): { readonly transportLayerEncodingLabel?: string } {
  for (const parameter of contentType.split(';').slice(1)) {
    const equals = parameter.indexOf('=');
    if (equals < 0 || parameter.slice(0, equals).trim().toLowerCase() !== 'charset') continue;
    const label = parameter.slice(equals + 1).trim();
    return { transportLayerEncodingLabel: label.replace(/^["']|["']$/g, '') };
  }
  return {};
}
