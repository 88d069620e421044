/** Pages that are made to cost time or memory, by what they are; also timed by the benchmark. */
type HostilePage = readonly [name: string, html: () => string];

export const PROSE =
  '<p>One two three, four five six, seven eight nine, ten eleven twelve, and more.</p>';

const many = (html: string, count: number) => html.repeat(count);
const article = (html: string) => `<article>${many(PROSE, 20)}${html}</article>`;

/** Those that no page with something to say is like. */
export const GIVEN_UP: readonly HostilePage[] = [
  ['deep elements', () => many('<div>', 100_000) + PROSE],
  ['deep lists', () => many('<ul><li>', 50_000) + PROSE],
  ['many elements', () => many('<b>x</b>', 200_000)],
  ['60,000 paragraphs', () => many('<p>some words, here</p>', 60_000)],
  ['many deep elements', () => many(many('<i>', 190) + many('</i>', 190), 300)],
  ['deep columns', () => many(`${many('<div>', 190)}a, b${many('</div>', 190)}`, 40)],
  ['code of blanks', () => `<pre>${many(' ', 5_000_000)}x</pre>`],
];

/** Those of which something can be read. */
export const READ_ON: readonly HostilePage[] = [
  [
    'an attribute of 10 MB',
    () => `${PROSE}<img alt="${many('a b.jpg ', 1_250_000)}" srcset="${many('a ', 500_000)}">`,
  ],
  [
    'attributes by the thousand',
    () => `${PROSE}<p ${Array.from({ length: 50_000 }, (_, at) => `a${at}=x`).join(' ')}>`,
  ],
  ['an endless tag', () => PROSE + many('<a ', 1_000_000)],
  ['an endless comment', () => `${PROSE}<!--${many('-', 5_000_000)}`],
  ['unclosed tags', () => article(many('<b><i>x', 80))],
  ['null bytes', () => many('\0', 1_000_000) + PROSE],
  ['white space', () => `<p>a${many('&nbsp;', 500_000)}b${many(' \n', 1_000_000)}c</p>`],
  ['entities', () => many('&amp;&lt;', 300_000)],
  ['angle brackets', () => many('<', 3_000_000)],
  ['one word', () => `<p>${many('a', 5_000_000)}`],
  ['dots', () => `<p>${many('a.', 2_000_000)}`],
  ['JSON-LD', () => `<script type="application/ld+json">${many('[', 5_000_000)}</script>${PROSE}`],
  ['a title', () => `<title>${many('a | ', 1_000_000)}</title>${PROSE}`],
  ['a style', () => `<p style="${many('display :', 500_000)}">${PROSE}`],
  ['end tags', () => many('<div>', 150) + many('</b>', 500_000) + PROSE],
  ['row spans', () => `<table>${many(`<tr>${many('<td rowspan=65534>a', 20)}`, 200)}</table>`],
  ['backticks', () => article(`<pre>${many('``` ', 300_000)}</pre>`)],
  ['lines of code', () => article(`<pre>${many('x = 1;\n', 500_000)}</pre>`)],
  ['39,000 paragraphs', () => many('<p>some words, here</p>', 39_000)],
  ['emphasis', () => article(`<p>${many('<b>x, </b> ', 39_000)}</p>`)],
  ['emphasis in emphasis', () => article(many('<em>', 150) + many('a, b<br>', 500))],
  ['quotations in quotations', () => article(many('<blockquote>', 150) + many(PROSE, 300))],
  ['lists in lists', () => article(many('<ol><li>', 75) + many(PROSE, 300))],
  ['a long list', () => article(`<ol>${many('<li>some words, here</li>', 35_000)}</ol>`)],
  ['a long table', () => article(`<table>${many('<tr><td>a, b<td>c', 12_000)}</table>`)],
  ['headings', () => article(many('<h2>a <a href="#b">#</a></h2><p>c, d</p>', 9_000))],
  ['an anchor', () => article(`<h2>a <a href="#b">${many('#', 1_000_000)}</a></h2>`)],
  ['line breaks', () => article(many('a, b<br>', 30_000))],
  ['links', () => article(many('<p>a, b <a href="/c?utm_source=d">e</a></p>', 15_000))],
  ['odd brackets', () => article(`<p><a href="/x">${many('[', 1_000_000)}</a></p>`)],
  ['marks of blocks', () => article(`<p>${many('1. - &gt; ', 300_000)}</p>`)],
  [
    'images',
    () => {
      const image = (at: number) => `<img alt="a picture that nobody has seen before, of ${at}">`;
      return article(`<p>${Array.from({ length: 30_000 }, (_, at) => image(at)).join('')}</p>`);
    },
  ],
];
