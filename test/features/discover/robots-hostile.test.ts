import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseRobots, robotsDecision } from '#features/discover/robots.ts';
import { VISITED } from '../../fakes/page-fetcher.ts';
import { rawPage } from '../raw-page.ts';

const SIZE = 500 * 1_024;
const A = 'a'.repeat(2_000);

/** A robots.txt that is filled with one kind of line. */
function filled(line: (at: number) => string): string {
  const lines = ['User-agent: *'];
  for (let at = 0, size = 0; size < SIZE; at += 1) {
    lines.push(line(at));
    size += line(at).length + 1;
  }
  return lines.join('\n');
}

// Each takes minutes where stars are tried at every place, or where texts are searched for letter by
// letter from every place.
it.each([
  ['stars without end', () => `Disallow: ${'*a'.repeat(4_000)}b`],
  ['as many rules as fit', (at: number) => `Disallow:*ab${at}`],
  ['long parts that almost match', (at: number) => `Disallow: *${'a'.repeat(1_500)}${at}`],
  ['many parts that almost match', (at: number) => `Disallow: *${'a'.repeat(12)}b${at}`],
  ['parts that match but for the end', (at: number) => `Disallow: *a*aa*aaa*${at}$`],
  ['the same rule again', () => 'Disallow: *a*a*a*b'],
])('comes to a verdict on %s', (_name, line) => {
  const { allows } = parseRobots(filled(line), 'Lockstep');
  for (let page = 0; page < 5; page += 1) {
    expect(allows(`https://b.example/${A}/${page}x`)).toBe(true);
  }
});

it('finds long parts where they are, as the engine does', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 30 });
  fc.assert(
    fc.property(letters, letters, letters, (before, part, after) => {
      const { allows } = parseRobots(`User-agent: *\nDisallow: /*${part}*c$`, 'x');
      const path = `/${before}aabaabaab${after}c`;
      expect(allows(`https://b.example${path}`)).toBe(!path.slice(0, -1).includes(part));
    }),
    { numRuns: 1_000 },
  );
});

it('reads a thousand sitemaps and no more', () => {
  const many = Array.from({ length: 1_500 }, (_, at) => `Sitemap: https://b.example/${at}.xml`);
  expect(parseRobots(many.join('\n'), 'x').sitemaps).toHaveLength(1_000);
});

it.each([
  ['carriage returns alone', 'User-agent: *\rDisallow: /a\r'],
  ['NUL bytes', 'User-agent: *\n\0\nDisallow: /a\n\0\0'],
  ['form feeds and tabs', '\fUser-agent:\t*\n\tDisallow:\t/a\f'],
  ['a byte-order mark and blank lines', '\ufeff\n\n\nUser-agent: *\n\nDisallow: /a'],
])('is read with %s', (_name, text) => {
  const { allows } = parseRobots(text, 'Lockstep');
  expect([allows('https://b.example/a'), allows('https://b.example/b')]).toEqual([false, true]);
});

it.each([
  ['UTF-8', Buffer.from('\ufeffUser-agent: *\nDisallow: /é')],
  ['UTF-16, lowest byte first', Buffer.from('\ufeffUser-agent: *\nDisallow: /é', 'utf16le')],
  ['UTF-16', Buffer.from('\ufeffUser-agent: *\nDisallow: /é', 'utf16le').swap16()],
])('is decoded from %s', (_name, body) => {
  const page = rawPage(new Uint8Array(body), { contentType: 'text/plain' });
  const decision = robotsDecision({ ...VISITED, kind: 'fetched', page });
  const text = decision.kind === 'rules' ? decision.text : '';
  expect(parseRobots(text, 'Lockstep').allows('https://b.example/%C3%A9')).toBe(false);
});

it('holds what is not UTF-8 against no page that it does not name', () => {
  const body = new Uint8Array(
    Buffer.from('User-agent: *\nDisallow: /\xe9\nDisallow: /b', 'latin1'),
  );
  const decision = robotsDecision({ ...VISITED, kind: 'fetched', page: rawPage(body) });
  const { allows } = parseRobots(decision.kind === 'rules' ? decision.text : '', 'Lockstep');
  expect([allows('https://b.example/a'), allows('https://b.example/b')]).toEqual([true, false]);
});
