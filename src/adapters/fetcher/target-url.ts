import { type Failure, failure } from './failure.ts';

/** An absolute http(s) URL without fragment, or why it cannot be asked. */
export function targetOf(text: string, base: string): URL | Failure {
  const url = URL.parse(text, base);
  if (url === null) {
    return text === base
      ? failure('invalid_input', `${text} is no absolute URL; write it with https://`, false)
      : failure('malformed', `${base} redirects to "${text}", which is no URL`, false);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return failure('address_refused', `${url.href}: only http and https are fetched`, false);
  }
  if (url.username !== '' || url.password !== '') {
    // Not repeated whole: the message is stored and shown.
    const where = `${url.host}${url.pathname}`;
    const message = `${where}: a URL must not hold a user name or password; take it out`;
    return failure('address_refused', message, false);
  }
  url.hash = '';
  return url;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A Location header as browsers read it: hosts send UTF-8 where only ASCII is allowed. */
export function locationOf(header: string): string {
  const bytes = Buffer.from(header, 'latin1');
  try {
    return utf8.decode(bytes);
  } catch {
    // Not UTF-8: the bytes mean what Latin-1 means by them.
    return header;
  }
}
