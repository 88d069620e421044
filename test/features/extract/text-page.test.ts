import { describe, expect, it } from 'vitest';
import { readPlainText, surveyText } from '#features/extract/text-page.ts';
import { PAGE_URL } from '../raw-page.ts';

const survey = (text: string) => surveyText(text, PAGE_URL);

describe('the title of a text', () => {
  it.each([
    ['its first heading', 'a\n# One\n# Two', 'One'],
    ['a closed heading', '# One ##', 'One'],
    ['not one of code', '```sh\n# comment\n```\n# One', 'One'],
    ['not one of code in a list', '- ```\n  # comment\n  ```\n# One', 'One'],
    ['not after a code span', '``` a ```\n# One', 'One'],
    ['not one of level 2', '## One', 'first'],
    ['its name', 'a', 'first'],
    ['any line ending', 'a\r\n# One\r\nb', 'One'],
  ])('is %s', (_name, text, title) =>
    expect(readPlainText(text, PAGE_URL).metadata.title).toBe(title),
  );

  it('is its host without a path', () =>
    expect(readPlainText('', 'https://blog.example/').metadata.title).toBe('blog.example'));
});

it.each([
  ['one two\n\nthree', 3, 0],
  ['one\n```\na b\nc\n```\ntwo', 2, 3],
  ['~~~\n a\n```\n~~~\none', 1, 4],
  ['> ```\n> a\n\none two', 2, 2],
  ['```\nnever closed', 0, 11],
  ['', 0, 0],
])('counts %j', (text, words, codeLength) =>
  expect(survey(text)).toMatchObject({ words, codeLength }),
);
