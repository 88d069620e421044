import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createHeadingPath } from '#features/chunk/heading-path.ts';
import { headingText } from '#features/chunk/heading-text.ts';

it.each([
  ['# a', 'a'],
  ['  ### a b ##', 'a b'],
  ['## C#', 'C#'],
  ['##', ''],
  ['a\nb\n===', 'a b'],
  ['# **Bold** and *it* and ~~no~~', 'Bold and it and no'],
  ['# `snake_case()` of __init__', 'snake_case() of init'],
  ['# 2 * 3 = 6', '2 * 3 = 6'],
  ['# [Link](http://a.b/c "t") end', 'Link end'],
  ['# ![Alt](i.png) end', 'Alt end'],
  ['# <a name="x"></a>Title', 'Title'],
  ['# a < b and b > c', 'a < b and b > c'],
  ['# \\*not\\* \\#', '*not* #'],
  ['# [open](never', 'open(never'],
])('reads %j as %j', (source, expected) => {
  expect(headingText(source)).toBe(expected);
});

it('is bounded, one line, and never throws', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (source) => {
      const text = headingText(`# ${source}`);
      expect(text.length).toBeLessThanOrEqual(161);
      expect(text).not.toMatch(/[\n\r]|^\s|\s$/);
    }),
  );
});

it('keeps a path of headings by level', () => {
  const path = createHeadingPath(10, (text) => text.length);
  expect(path.current()).toEqual([]);
  path.enter(1, '# aa');
  path.enter(3, '### bb');
  expect(path.current()).toEqual(['aa', 'bb']);
  path.enter(2, '## cc');
  expect(path.current()).toEqual(['aa', 'cc']);
  path.enter(3, '### dddd');
  expect(path.current()).toEqual(['cc', 'dddd']);
  path.enter(4, '#### eeeeeeeeee');
  expect(path.current()).toEqual([]);
  path.enter(1, '# f');
  expect(path.current()).toEqual(['f']);
});
