import fc from 'fast-check';

const word = fc.constantFrom(
  'lorem',
  'ipsum',
  'a',
  'Ünïcödé',
  '漢字',
  '😀',
  'foo_bar',
  'x.y()',
  '3.14',
);
const words = fc.array(word, { minLength: 1, maxLength: 30 });
const sentence = words.map((list) => `${list.join(' ')}.`);
const paragraph = fc.array(sentence, { minLength: 1, maxLength: 4 }).map((all) => all.join(' '));
const lines = fc.array(
  words.map((list) => list.join(' ')),
  { minLength: 1, maxLength: 12 },
);
const fence = fc
  .tuple(fc.constantFrom('```', '~~~~'), lines)
  .map(([mark, code]) => [`${mark}js`, ...code, '# no heading', mark].join('\n'));
const list = fc
  .tuple(fc.constantFrom('-', '*', '1.'), lines)
  .map(([mark, items]) => items.map((item) => `${mark} ${item}`).join('\n'));
const nested = lines.map((items) =>
  items.map((item, at) => `${' '.repeat(at % 5)}- ${item}`).join('\n'),
);
const table = lines.map((rows) =>
  ['| a | b |', '|---|---|', ...rows.map((row) => `| ${row} | 1 |`)].join('\n'),
);
const quote = lines.map((all) => all.map((line) => `> ${line}\n>`).join('\n'));

/** A block that ends where it ends, whatever follows, and opens no section. */
const bodyBlock = fc.oneof(paragraph, fence, list, nested, table, quote);

export const body = fc
  .array(bodyBlock, { minLength: 1, maxLength: 5 })
  .map((all) => all.join('\n\n'));

const heading = fc
  .tuple(fc.integer({ min: 1, max: 6 }), words)
  .map(([level, title]) => `${'#'.repeat(level)} ${title.slice(0, 4).join(' ')}`);

const rough = fc.oneof(
  bodyBlock,
  heading,
  fc.constantFrom(
    'Title\n===',
    'Title\n---',
    '---',
    '```',
    '<div>\n<p>x</p>',
    '<!-- open',
    '>',
    '-',
  ),
  fc.constantFrom(
    '    indented code',
    '\tcode',
    '\r\n',
    '   ',
    '| a |',
    '\u0000',
    '\ud83d',
    '\u00a0',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

/** Anything that may come out of a page, well formed or not. */
export const roughMarkdown = fc
  .array(fc.tuple(rough, fc.constantFrom('\n', '\n\n', '\r\n', ' ')), { maxLength: 14 })
  .map((all) => all.flat().join(''));
