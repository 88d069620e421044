import { expect, it } from 'vitest';
import { childrenOf, hasText, isElement, isText } from '#features/extract/dom.ts';
import { createDocument } from '#features/extract/tree-document.ts';

it('makes elements of lower-case names, however they are asked for', () => {
  const document = createDocument();
  expect(['DIV', 'P', 'div', 'x-Y'].map((name) => document.createElement(name).localName)).toEqual([
    'div',
    'p',
    'div',
    'x-y',
  ]);
  expect(document.body.localName).toBe('body');
});

it('tells elements from texts', () => {
  const document = createDocument();
  document.body.appendChild(document.createTextNode('a'));
  document.body.appendChild(document.createElement('b'));
  const kinds = [...childrenOf(document.body)].map((node) => [isText(node), isElement(node)]);
  expect(kinds).toEqual([
    [true, false],
    [false, true],
  ]);
  expect(hasText(document.body)).toBe(true);
});
