import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unitsOf } from '#adapters/extractive/units.ts';

const units = (text: string) => unitsOf({ number: 3, text });
const texts = (text: string) => units(text).map((unit) => unit.text);

describe('unitsOf', () => {
  it('joins the lines of a paragraph and splits it into sentences', () =>
    expect(texts('One line\ngoes on. Two.\n\nThree.')).toEqual([
      'One line goes on.',
      'Two.',
      'Three.',
    ]));

  it('takes each entry of a list by itself, without its mark', () =>
    expect(texts('- First point\n  goes on\n* Second\n3. Third')).toEqual([
      'First point goes on',
      'Second',
      'Third',
    ]));

  it('makes a row of a table an answer, with the header as its context', () => {
    const table = '| Stage | Budget |\n|---|---|\n| Search | 240 ms |\n| Reserve | 150 ms |';
    expect(units(table)).toMatchObject([
      { kind: 'row', text: '| Search | 240 ms |', context: '| Stage | Budget |' },
      { kind: 'row', text: '| Reserve | 150 ms |' },
    ]);
  });

  it('keeps a listing whole, line breaks and all, and does not read Markdown in it', () => {
    const code = '```sh\n# no heading\n- no entry\n\n| no | row |\n```';
    expect(units(`Run this:\n${code}\nThen wait.`)).toMatchObject([
      { kind: 'sentence', text: 'Run this:' },
      { kind: 'code', text: code },
      { kind: 'sentence', text: 'Then wait.' },
    ]);
  });

  it('closes a listing that was cut', () =>
    expect(texts('~~~\nstill open')).toEqual(['~~~\nstill open\n~~~']));

  it('knows that a passage begins within a listing that was cut', () => {
    expect(texts('a = 1\nb = 2\n```\n\nIt is slow.')).toEqual([
      '```\na = 1\nb = 2\n```',
      'It is slow.',
    ]);
    expect(texts('It is slow.\n\n```js\na = 1')).toEqual(['It is slow.', '```js\na = 1\n```']);
  });

  it('leaves out a listing that is too long to answer anything', () =>
    expect(texts(`\`\`\`\n${'line\n'.repeat(200)}\`\`\``)).toEqual([]));

  it('leaves out headings, rules and images, and shows links by their text', () =>
    expect(
      texts('## Heading\n\n---\n\n![alt](a.png)\n\nSee [the *guide*](/posts/guide/ "Guide") now.'),
    ).toEqual(['See the *guide* now.']));

  it('takes block quotes without their marks', () =>
    expect(texts('> Quoted words\n> go on.')).toEqual(['Quoted words go on.']));

  it('rounds the brackets of a number that would read as a citation', () =>
    expect(texts('As shown in [2] and [3, 4], it holds.')).toEqual([
      'As shown in (2) and (3, 4), it holds.',
    ]));

  it('numbers blocks, and names its passage', () =>
    expect(units('One.\n\nTwo. Three.').map(({ block, passage }) => [block, passage])).toEqual([
      [0, 3],
      [1, 3],
      [1, 3],
    ]));

  it('never shows a marker, whatever the passage holds', () =>
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('[1]', '[2]', '[', ']', '1', '(', ')', ' ', 'a', '!', '\n', '|'), {
          maxLength: 30,
        }),
        (pieces) => {
          for (const { text } of units(pieces.join(''))) expect(text).not.toMatch(/\[\d+\]/);
        },
      ),
    ));
});
