import { GIVEN_UP, READ_ON } from '../../test/features/extract/hostile-pages.ts';

/** An input that is made to cost time or memory, by what it is. */
export type Recipe = readonly [name: string, make: () => string];

const many = (text: string, count: number) => text.repeat(count);

/** Entities that stand for others, ten times each: a billion when they are resolved. */
const laughs = (root: string): string => {
  const entities = Array.from({ length: 10 }, (_, at) =>
    at === 0 ? '<!ENTITY e0 "ha">' : `<!ENTITY e${at} "${many(`&e${at - 1};`, 10)}">`,
  );
  return `<?xml version="1.0"?><!DOCTYPE x [${entities.join('')}]>${root.replace('HERE', '&e9;')}`;
};

const external = (root: string): string =>
  `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${root.replace('HERE', '&e;')}`;

const RSS =
  '<rss><channel><item><title>HERE</title><link>https://a.example/</link></item></channel></rss>';
const MAP = '<urlset><url><loc>https://a.example/HERE</loc></url></urlset>';

const XML: readonly Recipe[] = [
  ['deep elements', () => many('<a>', 100_000)],
  ['an attribute of 10 MB', () => `<rss a="${many('x', 10_000_000)}"/>`],
  [
    'many attributes',
    () => `<rss ${Array.from({ length: 200_000 }, (_, at) => `a${at}="x"`).join(' ')}/>`,
  ],
  ['a comment of 10 MB', () => `<rss><!--${many('-', 10_000_000)}`],
  ['CDATA never closed', () => `<rss><channel><item><title><![CDATA[${many(']', 5_000_000)}`],
  ['angle brackets', () => many('<', 5_000_000)],
  [
    'namespaces',
    () => `<rss>${Array.from({ length: 20_000 }, (_, at) => `<a xmlns:b${at}="c">`).join('')}`,
  ],
];

export const FEEDS: readonly Recipe[] = [
  ...XML,
  ['a billion laughs', () => laughs(RSS)],
  ['an external entity', () => external(RSS)],
  [
    '300,000 entries',
    () => `<rss><channel>${many('<item><link>https://a.example/x</link></item>', 300_000)}`,
  ],
  [
    'a description of 10 MB',
    () =>
      `<rss><channel><item><link>https://a.example/</link><description>${many('&lt;p&gt;a', 1_000_000)}</description></item></channel></rss>`,
  ],
  [
    'JSON, deep',
    () => `{"version":"https://jsonfeed.org/version/1.1","items":${many('[', 100_000)}`,
  ],
];

export const SITEMAPS: readonly Recipe[] = [
  ...XML,
  ['a billion laughs', () => laughs(MAP)],
  ['an external entity', () => external(MAP)],
  [
    '200,000 entries',
    () =>
      `<urlset>${Array.from({ length: 200_000 }, (_, at) => `<url><loc>https://a.example/${at}</loc></url>`).join('')}</urlset>`,
  ],
  ['10 MB of lines', () => many('https://a.example/page\n', 430_000)],
];

export const ROBOTS: readonly Recipe[] = [
  ['wildcards', () => `user-agent: *\n${many('disallow: /*a*b*c*d*e*f*g$\n', 20_000)}`],
  ['one long rule', () => `user-agent: *\ndisallow: /${many('*a', 250_000)}`],
  ['10 MB of groups', () => many('user-agent: x\n', 700_000)],
  ['sitemaps', () => many('sitemap: https://a.example/s.xml\n', 300_000)],
  ['carriage returns', () => many('\r', 10_000_000)],
];

export const PAGES: readonly Recipe[] = [
  ...GIVEN_UP,
  ...READ_ON,
  ['deep formulas', () => `<article>${many('<math><mrow>', 1)}${many('<msup>', 100_000)}x`],
  ['a formula of 1 M parts', () => `<p>a</p><math>${many('<mi>x</mi>', 1_000_000)}</math>`],
  ['notes', () => `<article>${many('<a href="#n">1</a> text ', 30_000)}<p id=n>note</p></article>`],
  [
    'notes that name each other',
    () =>
      `<article>${Array.from({ length: 10_000 }, (_, at) => `<p id=n${at}><a href="#n${at + 1}">${at % 10}</a>`).join('')}`,
  ],
  [
    'captions',
    () => `<article>${many('<figure><img alt=a><figcaption>b</figcaption></figure>', 12_000)}`,
  ],
  [
    'classes',
    () => `<article>${many(`<div class="${many('share ', 200)}"><p>a, b</p></div>`, 2_000)}`,
  ],
];

export const MARKDOWN: readonly Recipe[] = [
  ['asterisks', () => many('*', 1_000_000)],
  ['brackets', () => many('[', 1_000_000)],
  ['links in links', () => many('[a](', 300_000)],
  ['backticks', () => many('` `` ', 300_000)],
  ['pipes', () => many('|', 1_000_000)],
  ['quotation marks', () => `${many('>', 1_000_000)} a`],
  ['references', () => many('[a]: /b\n', 200_000)],
  [
    'front matter of anchors',
    () =>
      `---\n${Array.from({ length: 40 }, (_, at) => (at === 0 ? 'a0: &a0 [x, x]' : `a${at}: &a${at} [*a${at - 1}, *a${at - 1}]`)).join('\n')}\ntags: *a39\n---\ntext`,
  ],
  ['deep front matter', () => `---\na: ${many('[', 20_000)}\n---\ntext`],
];

export const TEXTS: readonly Recipe[] = [
  ['digits', () => many('1', 1_000_000)],
  ['digits and blanks', () => many('4111 ', 400_000)],
  ['at signs', () => many('@', 1_000_000)],
  ['dots', () => many('a.', 1_000_000)],
  ['addresses', () => many('a@b.cd ', 200_000)],
  ['plus signs', () => many('+1 ', 500_000)],
  ['keys', () => many('password=', 200_000)],
];

export const URLS: readonly Recipe[] = [
  ['a long path', () => `https://a.example/${many('a/', 1_000_000)}`],
  ['escapes', () => `https://a.example/${many('%2', 4_000)}`],
  ['a long query', () => `https://a.example/?${many('a=b&', 2_000)}`],
  ['dots', () => `https://a.example/${many('../', 2_500)}`],
  ['a long host', () => `https://${many('a.', 4_000)}example/`],
];
