import { expect, it } from 'vitest';
import { createFenceReader } from '#features/extract/code-fences.ts';

/** A letter for each line: prose, mark or code. */
const kindsOf = (markdown: string) => {
  const fences = createFenceReader();
  return markdown
    .split('\n')
    .map((line) => fences.read(line).charAt(0))
    .join('');
};

it.each([
  ['a fence', 'a\n```js\nb\n\n```\nc', 'pmccmp'],
  ['tildes', '~~~\n```\n~~~\na', 'mcmp'],
  ['a longer fence', '````\n```\n````\na', 'mcmp'],
  ['a longer end', '```\na\n`````\nb', 'mcmp'],
  ['no end with words', '```\n``` a\n```\nb', 'mcmp'],
  ['a code span', '``` a ```\nb', 'pp'],
  ['two backticks', '``\na', 'pp'],
  ['tildes with backticks', '~~~ a`b\nc\n~~~', 'mcm'],
  ['a list that begins with it', '- ```\n  a\n  ```\nb', 'mcmp'],
  ['a numbered list', '10. ~~~\n    a\n    ~~~\nb', 'mcmp'],
  ['an entry of a list', '- a\n\n  ```\n  b\n  ```\n- c', 'ppmcmp'],
  ['a quotation', '> ```\n> a\n>\n> ```\n> b', 'mccmp'],
  ['a list in a quotation', '> - ```\n>   a\n>   ```\nb', 'mcmp'],
  ['the end of a quotation', '> ```\n> a\nb\n```\nc', 'mcpmc'],
  ['code that is indented', '```\n    ```\n```\na', 'mcmp'],
  ['no end at all', '```\na\n\nb', 'mccc'],
  ['an empty text', '', 'p'],
])('follows %s', (_name, markdown, kinds) => expect(kindsOf(markdown)).toBe(kinds));

it('takes the line as it is looked at for prose alone', () => {
  const fences = createFenceReader();
  expect(fences.read('?```', () => '```')).toBe('mark');
  expect(fences.read('?```', () => '```')).toBe('code');
  expect(fences.read('```', () => 'a')).toBe('mark');
  expect(fences.read('```', () => 'a')).toBe('prose');
});

it('reads through any nesting without overflow', () => {
  expect(kindsOf('> '.repeat(1_000_000))).toBe('p');
  expect(kindsOf(`${'- '.repeat(1_000_000)}\`\`\``)).toBe('p');
  expect(kindsOf(`${' '.repeat(1_000_000)}x`)).toBe('p');
});
