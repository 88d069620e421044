import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  blocksOf,
  findTemplateBlocks,
  packHashes,
  removeTemplateBlocks,
  unpackHashes,
} from '#features/clean/template-blocks.ts';

const kinds = (markdown: string) =>
  blocksOf(markdown).map(({ kind, level, start, end }) => [
    kind === 'heading' ? `h${level}` : kind,
    markdown.slice(start, end),
  ]);
const hashOf = (markdown: string) => {
  const [block, ...rest] = blocksOf(markdown);
  expect(rest).toEqual([]);
  return block?.hash;
};
const hashesOf = (markdown: string) => blocksOf(markdown).map(({ hash }) => hash);
const templatesOf = (pages: readonly string[]) =>
  findTemplateBlocks(pages.map((markdown) => ({ hashes: hashesOf(markdown) })));
const without = (markdown: string, ...templates: readonly string[]) =>
  removeTemplateBlocks(markdown, new Set(templates.flatMap(hashesOf)));

/** Prose of so many words that no other name has. */
const prose = (name: string, words: number) =>
  `${Array.from({ length: words }, (_, at) => `${name}${at}`).join(' ')}.`;

describe('blocksOf', () => {
  it('gives every kind of block, lists by item', () => {
    const blocks = [
      ['h2', '## Title'],
      ['text', 'Some prose\nin two lines.'],
      ['item', '- one\n  - nested'],
      ['item', '- two'],
      ['quote', '> quoted'],
      ['table', '| a | b |\n| - | - |\n| 1 | 2 |'],
      ['code', '```js\nf();\n```'],
      ['rule', '---'],
      ['html', '<details>\nmore\n</details>'],
    ];
    const markdown = blocks.map(([, text]) => text).join('\n\n');
    expect(kinds(markdown)).toEqual(blocks);
  });

  it.each([
    ['code in an item', '- run\n  ```sh\n  npm test\n  ```'],
    ['code in a quote', '> ~~~\n> f()\n> ~~~'],
    ['indented code', '    f();'],
    ['code as HTML', '<pre>\nf();\n</pre>'],
    ['nothing but a code span', '`npm install lockstep`'],
    ['a fence that is never closed', '```\nf();'],
  ])('takes %s for code', (_name, markdown) => {
    expect(blocksOf(markdown).map(({ kind }) => kind)).toEqual(['code']);
  });

  it.each(['**Example**', '__Notes__:', 'Share this:', '**Usage:**', '参考：'])(
    'takes the line %s for a heading below all others',
    (markdown) => expect(kinds(markdown)).toEqual([['h7', markdown]]),
  );

  it.each(['**One** and **two**', 'It has three parts, which are listed below in the order here:'])(
    'takes %s for text',
    (markdown) => expect(kinds(markdown)).toEqual([['text', markdown]]),
  );

  it('leaves out nothing but white space, and numbers items by their list', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            '# a',
            'b',
            '- c',
            '1. d',
            '> e',
            '```',
            '---',
            '',
            '    f',
            '| g |',
            '<p>',
          ),
          { maxLength: 12 },
        ),
        (lines) => {
          const markdown = lines.join('\n');
          let end = 0;
          for (const block of blocksOf(markdown)) {
            expect(markdown.slice(end, block.start).trim()).toBe('');
            expect(block.end).toBeGreaterThan(block.start);
            expect(block.list >= 0 || block.kind !== 'item').toBe(true);
            end = block.end;
          }
          expect(markdown.slice(end).trim()).toBe('');
        },
      ),
    );
  });

  it.each([
    ['case and white space', 'Read  More\nof it', 'read more of it'],
    ['where links lead', '[Next](https://a.example/1)', '[Next](https://a.example/2 "two")'],
    ['where links with brackets lead', '[N](https://a.example/x_(y))', '[N](<https://b.example/>)'],
    ['the number of an item', '1. first step', '2. first step'],
    ['the form of a rule', '---', '* * *'],
    ['how letters are composed', 'caf\u00e9', 'cafe\u0301'],
  ])('does not see %s', (_name, a, b) => expect(hashOf(a)).toBe(hashOf(b)));

  it.each([
    ['digits', 'Part 1 of it', 'Part 2 of it'],
    ['images', '![](https://a.example/1.png)', '![](https://a.example/2.png)'],
    ['words of links', '[One](https://a.example/)', '[Two](https://a.example/)'],
    ['headings and text', '# One', 'One'],
    ['levels of headings', '# One', '## One'],
  ])('sees %s', (_name, a, b) => expect(hashOf(a)).not.toBe(hashOf(b)));
});

describe('packHashes', () => {
  it('takes eight bytes a hash, and unpackHashes gives them back', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })), (hashes) => {
        const packed = packHashes(hashes);
        expect(packed.length).toBe(hashes.length * 8);
        // As a slice of a larger buffer, which a database gives.
        const within = new Uint8Array(packed.length + 3);
        within.set(packed, 3);
        expect([...unpackHashes(within.subarray(3))]).toEqual(hashes);
      }),
    );
  });

  it('does not take what no hashes are', () => {
    expect(() => unpackHashes(new Uint8Array(9))).toThrow(RangeError);
  });
});

describe('removeTemplateBlocks', () => {
  const cta = 'Do you like what you read here? Subscribe to our letter, which comes once a month.';

  it.each<[string, string, readonly string[], string]>([
    ['prose in the middle', `a\n\n${cta}\n\nb`, [cta], 'a\n\nb'],
    ['runs at both ends', 'Blog\n\nHome\n\na\n\nBye', ['Blog', 'Home', 'Bye'], 'a'],
    ['a heading without its text', `a\n\n## News\n\n${cta}\n\n## B\n\nb`, [cta], 'a\n\n## B\n\nb'],
    ['headings of headings', `a\n\n# A\n\n## B\n\n${cta}`, [cta], 'a'],
    ['an empty heading at the end', 'a\n\n## Comments', ['## Comments'], 'a'],
    ['items at the end', 'a\n\n- b\n- Home\n- Top', ['- Home', '- Top'], 'a\n\n- b'],
    ['a rule before what ends a page', 'a\n\n---\n\nBye', ['Bye'], 'a'],
    [
      'what stands behind a short line',
      'a b c\n\nJuly 1\n\nHome\n\n# T\n\nt',
      ['Home'],
      'a b c\n\nJuly 1\n\n# T\n\nt',
    ],
    ['everything', `Home\n\n${cta}`, ['Home', cta], ''],
    ['nothing else around a list', '- a\n- b\n\nBye', ['Bye'], '- a\n- b'],
  ])('removes %s', (_name, markdown, templates, expected) => {
    expect(without(markdown, ...templates)).toBe(expected);
  });

  it.each<[string, string, readonly string[]]>([
    [
      'a short line in the middle',
      `${prose('a', 9)}\n\nSee below\n\n${prose('b', 9)}`,
      ['See below'],
    ],
    ['a heading with text', '## Summary\n\nown\n\n## Summary\n\nmore', ['## Summary']],
    ['a label with text', '**Example**\n\nown', ['**Example**']],
    ['a heading of code', '## Usage\n\n```\nf()\n```', ['## Usage', '```\nf()\n```']],
    [
      'an item in the middle',
      `- ${prose('a', 12)}\n- own\n- b b b b b b b b b`,
      [`- ${prose('a', 12)}x`],
    ],
    ['an empty heading in the middle', '# A\n\n## B\n\n## C\n\nc', ['## B']],
    ['what nobody repeats', 'a\n\nb', ['c']],
  ])('keeps %s, and the text itself', (_name, markdown, templates) => {
    expect(without(markdown, ...templates)).toBe(markdown);
  });

  it('joins what is left as blocks of their own', () => {
    expect(without(`para\n## H\n${cta}\n## I\nnext`, cta)).toBe('para\n\n## I\nnext');
    expect(without('one\n# H\nBye', 'Bye')).toBe('one');
    expect(without('- a\n- Home', '- Home')).toBe('- a');
    expect(without('- Home\n\n- a\n\n- b', '- Home')).toBe('- a\n\n- b');
    expect(without(`- a\n\n${cta}\n\n- b`, cta)).toBe('- a\n\n- b');
  });
});

describe("what is a page's own", () => {
  /** Blocks of a page: its own by numbers that no other page has, the site's by few. */
  const own = fc
    .record({ kind: fc.nat(6), id: fc.nat(1e9), words: fc.integer({ min: 1, max: 30 }) })
    .map(({ kind, id, words }) => blockText(kind, `own${id}x`, words));
  const shared = fc
    .record({ kind: fc.nat(6), id: fc.nat(5), words: fc.constantFrom(2, 12, 30) })
    .map(({ kind, id, words }) => blockText(kind, `site${id}y${words}z`, words));
  const page = fc.array(fc.oneof(own, shared), { maxLength: 14 });
  const blockText = (kind: number, name: string, words: number): string => {
    const text = prose(name, words);
    return [
      text,
      `> ${text}`,
      `- ${text}`,
      `## ${text}`,
      `\`\`\`\n${text}\n\`\`\``,
      text,
      `**${text}**`,
    ][kind] as string;
  };
  const isOwn = (text: string) => text.includes('own');

  it('stays, in its order, and removing twice removes nothing more', () => {
    fc.assert(
      fc.property(fc.array(page, { minLength: 4, maxLength: 12 }), (blocks) => {
        const pages = blocks.map((texts) => texts.join('\n\n'));
        const templates = templatesOf(pages);
        for (const [at, markdown] of pages.entries()) {
          const left = removeTemplateBlocks(markdown, templates);
          expect(removeTemplateBlocks(left, templates)).toBe(left);
          const kept = (blocks[at] ?? []).filter(
            (text) => isOwn(text) && !/^(?:#|\*\*)/.test(text),
          );
          let from = 0;
          for (const text of kept) {
            const found = left.indexOf(text, from);
            expect(found).toBeGreaterThanOrEqual(from);
            from = found + text.length;
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('keeps its headings, unless all that they head has gone', () => {
    fc.assert(
      fc.property(page, fc.array(fc.nat(13), { maxLength: 8 }), (texts, chosen) => {
        const templates = new Set(chosen.flatMap((at) => hashesOf(texts[at] ?? '')));
        const markdown = texts.join('\n\n');
        const left = blocksOf(removeTemplateBlocks(markdown, templates)).map(({ hash }) => hash);
        const blocks = blocksOf(markdown);
        for (const [at, block] of blocks.entries()) {
          if (block.kind !== 'heading' || left.includes(block.hash)) continue;
          const end = blocks.findIndex(
            (next, to) => to > at && next.level > 0 && next.level <= block.level,
          );
          const section = blocks.slice(at + 1, end < 0 ? undefined : end);
          if (section.length === 0) expect(templates.has(block.hash)).toBe(true);
          for (const { hash, kind } of section) {
            expect(kind === 'heading' || templates.has(hash)).toBe(true);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('does not depend on the order of the pages', () => {
    fc.assert(
      fc.property(fc.array(page, { maxLength: 10 }), (blocks) => {
        const pages = blocks.map((texts) => texts.join('\n\n'));
        expect(templatesOf(pages.toReversed())).toEqual(templatesOf(pages));
      }),
    );
  });
});
