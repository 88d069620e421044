import fc from 'fast-check';
import { parseDocument } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { maskHtml, maskPage } from '#features/clean/pii/mask-page.ts';
import { rawPage } from '../../raw-page.ts';

const check = (html: string, masked: string) => expect(maskHtml(html)).toBe(masked);
const textOf = (body: Uint8Array) => new TextDecoder().decode(body);

describe('what is read', () => {
  it.each([
    ['text', '<p>By jo@example.org.</p>', '<p>By [email].</p>'],
    ['entities', '<p>jo&#64;example&period;org</p>', '<p>[email]</p>'],
    [
      'entities of two characters',
      '<p>&NotEqualTilde;jo@example.org</p>',
      '<p>&NotEqualTilde;[email]</p>',
    ],
    ['inline elements', '<p>jo<b>@</b>example<i>.org</i>!</p>', '<p>[email]<b></b><i></i>!</p>'],
    ['comments within', '<p>jo<!-- no -->@example.org</p>', '<p>[email]<!-- no --></p>'],
    ['invisible characters', '<p>jo&#8203;@&shy;example.org</p>', '<p>[email]</p>'],
    ['titles', '<title>jo&commat;example.org</title>', '<title>[email]</title>'],
    ['text areas', '<textarea>jo@example.org</textarea>', '<textarea>[email]</textarea>'],
    [
      'a label in another block',
      '<dt>Phone</dt>\n<dd>467 3395</dd>',
      '<dt>Phone</dt>\n<dd>[phone]</dd>',
    ],
    [
      'elements in a row',
      '<b>jo@example.org</b><b>tel 4673395</b><i>fax</i>',
      '<b>[email]</b><b>tel [phone]</b><i>fax</i>',
    ],
    ['what is never closed', '<p>jo@example.org <b>185.199.108.153', '<p>[email] <b>[ip]'],
    ['names of tags', '<jo@example.org>', '<[email]>'],
    ['many in one text', '<p>a@example.org, b@example.org</p>', '<p>[email], [email]</p>'],
  ])('is masked: %s', (_name, html, masked) => check(html, masked));

  it('is not joined across blocks', () =>
    check('<p>jo@</p><p>example.org</p>', '<p>jo@</p><p>example.org</p>'));
  it('is not joined across lines', () => check('tel 030<br>123456', 'tel 030<br>123456'));
  it('has no phones in code', () =>
    check('<pre>01 23 45 67 89</pre>01 23 45 67 89', '<pre>01 23 45 67 89</pre>[phone]'));
});

describe('what is not read', () => {
  it.each([
    [
      'links',
      '<a href="mailto:jo&#64;example.org?subject=a">b</a>',
      '<a href="mailto:[email]?subject=a">b</a>',
    ],
    ['phone links', '<a href="tel:4673395">b</a>', '<a href="tel:[phone]">b</a>'],
    ['titles', "<a title='Call 212-555-0134'>b</a>", "<a title='Call [phone]'>b</a>"],
    ['descriptions', '<meta content="by jo@example.org">', '<meta content="by [email]">'],
    [
      'values without quotes',
      '<input value=jo@example.org name=a>',
      '<input value=[email] name=a>',
    ],
    ['values of entities', '<a title="&#106;&#111;&#64;example.org">', '<a title="[email]">'],
    [
      'names that tell',
      '<i data-phone="4673395" data-id="4673395">',
      '<i data-phone="[phone]" data-id="4673395">',
    ],
    ['comments', '<!-- jo@example.org --><p>a', '<!-- [email] --><p>a'],
    ['scripts', '<script>a("jo\\u0040example.org")</script>', '<script>a("[email]")</script>'],
    [
      'JSON-LD',
      '<script type="application/ld+json">{"telephone":"4673395"}</script>',
      '<script type="application/ld+json">{"telephone":"[phone]"}</script>',
    ],
    [
      'addresses kept by Cloudflare',
      '<a data-cfemail="543e3b14312c35392438317a3b2633">',
      '<a data-cfemail="[email]">',
    ],
    [
      'links kept by Cloudflare',
      '<a href="/cdn-cgi/l/email-protection#543e3b14312c35392438317a3b2633">',
      '<a href="/cdn-cgi/l/email-protection#[email]">',
    ],
  ])('is masked: %s', (_name, html, masked) => check(html, masked));

  it('is left as it is when it is drawn or counted', () => {
    const html =
      '<path d="M10 4111 1111 1111 1111 30.40.50.60"/><img srcset="logo@2x.png 2x" id="0123456789">' +
      '<script>let a = 4673395, mobile = 1234567;</script>';
    check(html, html);
  });
});

describe('a page', () => {
  it('is stored in UTF-8, whatever it was in', () => {
    const body = Uint8Array.from('<p>\xe9: jo@example.org</p>', (one) => one.charCodeAt(0));
    const raw = rawPage(body, { contentType: 'text/html; charset=windows-1252', etag: '"a"' });
    const { page, found } = maskPage(raw);
    expect(textOf(page.body)).toBe('<p>é: [email]</p>');
    expect(page).toEqual({ ...raw, body: page.body, contentType: 'text/html; charset=utf-8' });
    expect(found).toEqual({ email: 1 });
  });

  it('is the same when nothing is found in it', () => {
    const raw = rawPage('<p>a</p>', { contentType: 'text/html; charset=koi8-r' });
    expect(maskPage(raw)).toEqual({ page: raw, found: {} });
    expect(maskPage(raw).page).toBe(raw);
  });

  it('is masked as text when it is text', () => {
    const raw = rawPage('# A\n\n<b>jo@example.org\n', { contentType: 'text/markdown' });
    const { page } = maskPage(raw);
    expect(textOf(page.body)).toBe('# A\n\n<b>[email]\n');
    expect(page.contentType).toBe('text/markdown; charset=utf-8');
  });

  it('is read as XML when it is', () => {
    const xhtml = '<html><script/><p>jo@example.org<![CDATA[ or ib@example.org]]></p></html>';
    const { page, found } = maskPage(rawPage(xhtml, { contentType: 'application/xhtml+xml' }));
    expect(textOf(page.body)).toBe('<html><script/><p>[email]<![CDATA[ or [email]]]></p></html>');
    expect(page.contentType).toBe('application/xhtml+xml; charset=utf-8');
    expect(found).toEqual({ email: 2 });
  });

  it('keeps its elements, and nothing of what was in them', () => {
    const node = fc.oneof(
      fc.constantFrom(
        ...[
          '<p>',
          '</p>',
          '<b>',
          '</b>',
          '<pre>',
          '</pre>',
          '<br>',
          '<!-- jo@example.org -->',
          '&#64;',
        ],
        ...[
          '<a href="mailto:jo@example.org">',
          '</a>',
          '<script>',
          '</script>',
          '<title>',
          '</title>',
        ],
        ...[
          ' jo@example.org ',
          ' ',
          'jo',
          '@',
          'example.org',
          '212-555-0134',
          '<i title="',
          "<i a='",
          '>',
        ],
        ...[
          '<svg/>',
          '<![CDATA[',
          ']]>',
          '<textarea>',
          '</textarea>',
          '&amp;',
          '&',
          '<',
          '"',
          '\n',
        ],
      ),
      fc.stringMatching(/^[ -/:-@\x5b-`{-~é漢]{0,5}$/),
    );
    fc.assert(
      fc.property(fc.array(node, { maxLength: 25 }), (nodes) => {
        const html = nodes.join('');
        const masked = maskHtml(html);
        expect(masked).not.toContain('jo@example.org');
        expect(maskHtml(masked)).toBe(masked);
        if (!/<[^\s>]*@/.test(html)) expect(outline(masked)).toEqual(outline(html));
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['tags', '<b>'],
    ['attributes', '<a b=c '],
    ['entities', '&amp;'],
    ['addresses', '<p>jo&#64;example.org</p>'],
    ['values', '<a title="&#64;">'],
    ['comments', '<!--'],
  ])('of a megabyte is read to its end: %s', (_name, unit) => {
    const html = `${unit.repeat(1_000_000 / unit.length)}--></script>"'><p>ib@example.org`;
    expect(maskHtml(html)).not.toContain('ib@example.org');
  });
});

/** The elements of a page, as they are in each other. */
function outline(html: string): readonly string[] {
  const names: string[] = [];
  const walk = (nodes: readonly { name?: string; children?: readonly object[] }[]) => {
    for (const node of nodes) {
      if (node.name === undefined) continue;
      names.push(`<${node.name}>`);
      walk(node.children ?? []);
      names.push('</>');
    }
  };
  walk(parseDocument(html).children as never);
  return names;
}
