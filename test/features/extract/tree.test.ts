import fc from 'fast-check';
import { DOMParser } from 'linkedom';
import { describe, expect, it } from 'vitest';
import type { TreeElement } from '#features/extract/tree.ts';
import { createDocument } from '#features/extract/tree-document.ts';

/** The tree's own classes have more than extraction's view of a document tells. */
const newBody = () => createDocument().body as unknown as TreeElement;
const make = (body: TreeElement, name: string) =>
  body.ownerDocument.createElement(name) as unknown as TreeElement;
const text = (body: TreeElement, data: string) => body.ownerDocument.createTextNode(data) as never;

describe('a tree', () => {
  it('keeps children in order, wherever they are put', () => {
    const body = newBody();
    const [a, b, c] = ['a', 'b', 'c'].map((name) => make(body, name));
    if (a === undefined || b === undefined || c === undefined) throw new Error('no elements');
    body.appendChild(c);
    body.insertBefore(a, c);
    body.insertBefore(b, c);
    expect(body.innerHTML).toBe('<a></a><b></b><c></c>');
    body.appendChild(a);
    expect(body.innerHTML).toBe('<b></b><c></c><a></a>');
    body.replaceChild(a, b);
    expect(body.innerHTML).toBe('<a></a><c></c>');
    body.removeChild(c);
    expect([body.firstChild, body.lastChild, a.parentNode, c.parentNode]).toEqual([
      a,
      a,
      body,
      null,
    ]);
  });

  it('gives lists as they were when they were asked for', () => {
    const body = newBody();
    const a = body.appendChild(make(body, 'a'));
    const [nodes, elements] = [body.childNodes, body.children];
    a.remove();
    expect([nodes.length, elements.length, body.childNodes.length]).toEqual([1, 1, 0]);
  });

  it('has names in both cases, and attributes by name', () => {
    const body = newBody();
    const element = make(body, 'DIV');
    expect([element.localName, element.tagName, element.nodeName]).toEqual(['div', 'DIV', 'DIV']);
    element.className = 'x';
    element.id = 'y';
    element.setAttribute('title', '"<&>"');
    expect(element.outerHTML).toBe(
      '<div class="x" id="y" title="&quot;&lt;&amp;&gt;&quot;"></div>',
    );
    element.removeAttribute('class');
    element.removeAttribute('nothing');
    expect([element.className, element.getAttribute('class'), element.hasAttribute('id')]).toEqual([
      '',
      null,
      true,
    ]);
    const other = make(body, 'p');
    for (const attribute of element.attributes) other.setAttributeNode(attribute.cloneNode());
    other.id = 'z';
    expect([other.id, element.id]).toEqual(['z', 'y']);
  });

  it('refuses to be put into itself', () => {
    const body = newBody();
    const outer = body.appendChild(make(body, 'div'));
    const inner = outer.appendChild(make(body, 'p'));
    expect(() => inner.appendChild(outer)).toThrow(RangeError);
    expect(body.innerHTML).toBe('<div><p></p></div>');
  });

  it('tells the rows of a table from those of tables in it', () => {
    const body = newBody();
    const table = body.appendChild(make(body, 'table'));
    const row = table.appendChild(make(body, 'tr'));
    const inner = row.appendChild(make(body, 'td')).appendChild(make(body, 'table'));
    inner.appendChild(make(body, 'tr'));
    expect(table.rows).toEqual([row]);
    expect(inner.rows).toHaveLength(1);
  });

  it('is worked with in linear time, and however deep it is', () => {
    const body = newBody();
    let deep = body;
    for (let level = 0; level < 100_000; level += 1) {
      const next = make(body, 'b');
      deep.appendChild(next);
      deep = next;
    }
    deep.appendChild(text(body, 'x'));
    for (let at = 0; at < 100_000; at += 1) body.appendChild(make(body, 'i'));
    expect(body.textContent).toBe('x');
    expect(body.cloneNode(true).getElementsByTagName('*')).toHaveLength(200_000);
  });
});

type Step =
  | {
      readonly kind: 'element';
      readonly into: number;
      readonly before: number;
      readonly name: string;
    }
  | { readonly kind: 'text'; readonly into: number; readonly data: string }
  | { readonly kind: 'remove' | 'clone'; readonly at: number }
  | {
      readonly kind: 'attribute';
      readonly at: number;
      readonly name: string;
      readonly value: string;
    };

const position = fc.nat({ max: 30 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('element' as const),
    into: position,
    before: position,
    name: fc.constantFrom('div', 'p', 'b', 'img'),
  }),
  fc.record({
    kind: fc.constant('text' as const),
    into: position,
    data: fc.constantFrom('a', ' b', '<&>'),
  }),
  fc.record({ kind: fc.constantFrom('remove' as const, 'clone' as const), at: position }),
  fc.record({
    kind: fc.constant('attribute' as const),
    at: position,
    name: fc.constantFrom('id', 'title', 'href'),
    value: fc.constantFrom('', 'x', '"&'),
  }),
);

const below = (element: TreeElement): readonly TreeElement[] =>
  [...element.children].flatMap((child) => [child, ...below(child)]);

/** Plays steps on any document, so that two can be compared. */
function play(body: TreeElement, steps: readonly Step[]): void {
  const at = (index: number): TreeElement => {
    const all = [body, ...below(body)];
    return all[index % all.length] ?? body;
  };
  for (const one of steps) {
    if (one.kind === 'element') {
      const parent = at(one.into);
      const before = parent.childNodes[one.before] ?? null;
      parent.insertBefore(make(body, one.name), before);
    } else if (one.kind === 'text') at(one.into).appendChild(text(body, one.data));
    else if (one.kind === 'attribute') at(one.at).setAttribute(one.name, one.value);
    else if (at(one.at) === body) continue;
    else if (one.kind === 'clone') body.appendChild(at(one.at).cloneNode(true));
    else at(one.at).remove();
  }
}

/** All that there is to see of an element. */
const shown = (element: TreeElement): unknown => ({
  name: element.localName,
  text: element.textContent,
  children: element.children.length,
  nodes: element.childNodes.length,
  next: element.nextElementSibling?.localName ?? null,
  previous: element.previousElementSibling?.localName ?? null,
  first: element.firstElementChild?.localName ?? null,
  last: element.lastElementChild?.localName ?? null,
  id: element.id,
  attributes: [...element.attributes].map(({ name, value }) => `${name}=${value}`).sort(),
});

it('is what linkedom makes of the same steps', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const ours = newBody();
      const page = '<html><head></head><body></body></html>';
      const theirs = new DOMParser().parseFromString(page, 'text/html')
        .body as unknown as TreeElement;
      play(ours, steps);
      play(theirs, steps);
      const all = (body: TreeElement) => below(body).map(shown);
      expect(all(ours)).toEqual(all(theirs));
      expect(ours.textContent).toBe(theirs.textContent);
    }),
    { numRuns: 300 },
  );
});
