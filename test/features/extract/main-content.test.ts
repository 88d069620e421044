import { describe, expect, it } from 'vitest';
import { findMainContent } from '#features/extract/main-content.ts';
import { readPage } from '#features/extract/read-page.ts';
import { PAGE_URL } from '../raw-page.ts';

const PROSE =
  '<p>The harbour was quiet, and the boats lay where the tide had left them, in mud.</p>';

function find(html: string, title = 'Boats') {
  const read = () => readPage(html, PAGE_URL, { xhtml: false }).document;
  return findMainContent({ document: read(), title, readAgain: () => read().body });
}

const textOf = (html: string) => {
  const main = find(html);
  return main.kind === 'found' ? main.element.textContent : main.kind;
};

describe('the main content', () => {
  it('is without what is around it', () => {
    const text = textOf(`<div class=menu><a href=/a>Menu</a></div><h1>Boats</h1>
      <div class=post>${PROSE.repeat(10)}</div><div class=sidebar><a href=/b>Other</a></div>`);
    expect(text).toContain('harbour');
    expect(text).not.toMatch(/Menu|Other|Boats/);
  });

  it('is looked for again, with looser rules, when it is short', () => {
    expect(textOf(`<div class="comment">${PROSE}</div>`)).toContain('harbour');
    expect(textOf(`<div id=sidebar><div class=footer>${PROSE}<b>mast</b></div></div>`)).toMatch(
      /harbour.*mast/s,
    );
  });

  it('has elements of lower-case names only, also those that Readability makes', () => {
    const main = find(`<div><div>a harbour, a boat<br><br>and a mast, there</div>
      <section>some text, and <b>more</b></section><table><tr><td>${PROSE}</table></div>`);
    if (main.kind !== 'found') throw new Error(main.kind);
    const names: string[] = [];
    const visit = (element: typeof main.element) => {
      names.push(element.localName);
      for (let at = element.firstElementChild; at !== null; at = at.nextElementSibling) visit(at);
    };
    visit(main.element);
    expect(names.length).toBeGreaterThan(3);
    expect(names).toEqual(names.map((name) => name.toLowerCase()));
  });

  it.each(['', '<p></p>', '<nav>a</nav>', '<div></div>'])('is none: %j', (html) =>
    expect(find(html).kind).toBe('none'),
  );
});
