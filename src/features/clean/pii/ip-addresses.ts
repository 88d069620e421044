import ipaddr from 'ipaddr.js';
import type { PiiSpan, Seen } from './kinds.ts';

const V4 = /(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)/g;
const V6 = /(?<![\w:.])(?=[0-9a-f]{0,4}:[0-9a-f]{0,4}:)[0-9a-f:]{5,39}(?![\w:])/gi;
const BEFORE = 32;

const VERSION = new RegExp(
  '(?:\\bv(?:er(?:sion)?s?)?\\.?' +
    '|\\b(?:release|build|firmware|kernel|driver|runtime|framework|sdk|package|update)(?: to)?' +
    '|\\bupgraded?(?: to)?|[=^~@><]|\\w[/_-]) ?$',
  'i',
);
const ADDRESS = new RegExp(
  '\\b(?:ips?|ipv4|addr(?:ess(?:es)?)?|hosts?|servers?|dns|ping|ssh|client|subnet|gateway' +
    '|from|whois)\\b\\W{0,12}(?:\\w{1,10}\\W{1,3}){0,2}$',
  'i',
);
/** Numbers of versions and of sections are small. */
const SMALL = 32;

/**
 * Globally routable IPv4 and IPv6 addresses: loopback, private and documentation networks are no
 * one's. Four small numbers (`1.2.3.4`) are a version or a section unless the words before speak of
 * addresses, or a scheme, port or prefix length says so; any four after `v`, `version`, `==`,
 * `Name/` are a version.
 */
export const findIpAddresses = (seen: Seen): readonly PiiSpan[] =>
  [...findV4(seen), ...findV6(seen)].sort((a, b) => a.start - b.start);

function* findV4({ text }: Seen): Generator<PiiSpan> {
  for (const { index: start, 0: address } of text.matchAll(V4)) {
    const octets = address.split('.');
    if (octets.some((octet) => Number(octet) > 255 || /^0\d/.test(octet))) continue;
    const end = start + address.length;
    const before = text.slice(Math.max(0, start - BEFORE), start);
    const isNamed = /:\/\/$/.test(before) || ADDRESS.test(before);
    if (!isNamed && VERSION.test(before)) continue;
    const isMarked = isNamed || /^(?::\d{1,5}\b|\/\d{1,2}\b)/.test(text.slice(end, end + 6));
    if (!isMarked && octets.every((octet) => Number(octet) < SMALL)) continue;
    if (ipaddr.parse(address).range() === 'unicast' && !isDocumentation(address)) {
      yield { kind: 'ip', start, end };
    }
  }
}

/** RFC 5737. */
const isDocumentation = (address: string): boolean =>
  /^(?:192\.0\.2|198\.51\.100|203\.0\.113)\./.test(address);

function* findV6({ text }: Seen): Generator<PiiSpan> {
  for (const { index: start, 0: run } of text.matchAll(V6)) {
    // A sentence may go on with a colon.
    const address = run.replace(/(?<!:):$/, '');
    if (!isFullEnough(address) || !ipaddr.IPv6.isValid(address)) continue;
    const { range } = { range: ipaddr.parse(address).range() };
    if (range !== 'unicast' && range !== 'teredo' && range !== '6to4') continue;
    yield { kind: 'ip', start, end: start + address.length };
  }
}

/** `a::b` is a name of C++, and eight pairs of digits are a hardware address. */
function isFullEnough(address: string): boolean {
  const groups = address.split(':').filter((group) => group !== '');
  if (/^2001:0?db8:/i.test(address)) return false;
  if (!address.includes('::'))
    return groups.length === 8 && groups.some(({ length }) => length > 2);
  return groups.length >= 3 && /^[23][0-9a-f]{3}:/i.test(address);
}
