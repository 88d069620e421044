import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extractPage } from '#features/extract/extract.ts';
import { rawPage } from '../raw-page.ts';
import { GIVEN_UP, PROSE, READ_ON } from './hostile-pages.ts';

const extract = (html: string | Uint8Array, contentType = 'text/html; charset=utf-8') =>
  extractPage(rawPage(html, { contentType }));

/** What holds of every page, whatever it is. */
function checkShape(page: ReturnType<typeof extractPage>): void {
  expect(page.linkShare).toBeGreaterThanOrEqual(0);
  expect(page.linkShare).toBeLessThanOrEqual(1);
  expect(page.links.every((url) => URL.canParse(url))).toBe(true);
  expect(new Set(page.links).size).toBe(page.links.length);
  expect(page.metadata.title).not.toBe('');
  if (page.malformed !== null) expect(page).toMatchObject({ words: 0, markdown: '' });
}

const TAGS =
  'a b body br code div dl dt em figure form h1 head html img input li main ol p pre script section span style svg table td template textarea th title tr ul'.split(
    ' ',
  );

/** For a machine that has much else to do; how long they take is for the benchmark to say. */
const TIMEOUT_MS = 120_000;

describe('any input', { timeout: TIMEOUT_MS }, () => {
  it('gives a page for any bytes and any type', () => {
    const contentType = fc.oneof(
      fc.string(),
      fc.constantFrom('text/html', 'application/xhtml+xml', 'text/plain'),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), contentType, (body, type) =>
        checkShape(extract(body, type)),
      ),
    );
  });

  it('gives a page for any soup of tags', () => {
    const name = fc.constantFrom(...TAGS);
    const attribute = fc.constantFrom(
      '',
      ' class="hidden comment"',
      ' href="/a#b"',
      ' rowspan=9',
      ' id=x lang=',
      ' role=main',
      ' style="white-space:pre"',
    );
    const piece = fc.oneof(
      { weight: 4, arbitrary: fc.tuple(name, attribute).map(([tag, rest]) => `<${tag}${rest}>`) },
      { weight: 3, arbitrary: name.map((tag) => `</${tag}>`) },
      { weight: 2, arbitrary: fc.constant(PROSE) },
      fc.string(),
      fc.constantFrom(
        '\0',
        '&#0;',
        '&lt',
        '<!--',
        '-->',
        '<![CDATA[',
        ']]>',
        '<?x',
        '``` ',
        '| ',
        '1. ',
        '<',
        '\ud800',
      ),
    );
    const soup = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(soup, (html) => checkShape(extract(html))),
      { numRuns: 300 },
    );
  });
});

describe('attacks are bounded', { timeout: TIMEOUT_MS }, () => {
  it.each(GIVEN_UP)('gives up on %s, and says why', (_name, html) => {
    const page = extract(html());
    checkShape(page);
    expect(page.malformed).toMatch(/nest|elements|white space/);
  });

  it.each(READ_ON)('reads on through %s', (_name, html) => {
    const page = extract(html());
    checkShape(page);
    expect(page.malformed).toBeNull();
  });
});
