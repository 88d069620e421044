import { describe, expect, it } from 'vitest';
import { outcomesOf, pagesOf } from '#features/report/pages.ts';
import { at, letter, ORIGIN, refused, urlOf, visit } from './make.ts';

const told = (...parameters: Parameters<typeof pagesOf>) =>
  [...pagesOf(...parameters).values()].map(({ url, outcome, code }) => [
    url.slice(ORIGIN.length),
    outcome,
    code,
  ]);

describe('pagesOf', () => {
  it('tells of the last visit of each page', () => {
    const visits = [
      visit('/a', 'gone', { code: 'gone' }),
      visit('/b', 'new'),
      visit('/a', 'closed', { code: 'gone' }),
      refused('/c', 'duplicate'),
      visit('/c', 'new', { at: at(20) }),
    ];
    expect(told(visits, [])).toEqual([
      ['/a', 'closed', 'gone'],
      ['/b', 'new', null],
      ['/c', 'new', null],
    ]);
  });

  it.each(['unchanged', 'same'])(
    'keeps what was recorded when a second look finds it %s',
    (again) => {
      expect(told([visit('/a', 'new'), visit('/a', again)], [])).toEqual([['/a', 'new', null]]);
      expect(told([visit('/a', 'gone'), visit('/a', again)], [])).toEqual([['/a', again, null]]);
    },
  );

  it('takes a page for rejected when a twin was found that is kept', () => {
    const visits = [visit('/longer', 'new', { at: at(10) }), visit('/b', 'new', { at: at(11) })];
    const letters = [letter('/longer', 'duplicate', { at: at(11) })];
    expect(told(visits, letters)).toEqual([
      ['/longer', 'rejected', 'duplicate'],
      ['/b', 'new', null],
    ]);
  });

  it('does not hold an older letter, or one of an unknown page, against it', () => {
    const letters = [letter('/a', 'timeout', { at: at(9) }), letter('/b', 'timeout')];
    expect(told([visit('/a', 'changed', { at: at(10) })], letters)).toEqual([
      ['/a', 'changed', null],
    ]);
  });

  it('remembers the longest time and the largest body', () => {
    const visits = [
      visit('/a', 'gone', { elapsedMs: 900, bytes: 10 }),
      visit('/a', 'new', { elapsedMs: 5, bytes: 70 }),
    ];
    expect(pagesOf(visits, []).get(urlOf('/a'))).toMatchObject({ elapsedMs: 900, bytes: 70 });
  });
});

describe('outcomesOf', () => {
  it('counts pages in the order of reports, with unknown outcomes at the end', () => {
    const outcomes = ['sitemap', 'odd', 'rejected', 'new', 'rejected'];
    const pages = pagesOf(
      outcomes.map((outcome, number) => visit(`/${number}`, outcome)),
      [],
    );
    expect(outcomesOf(pages.values())).toEqual([
      { outcome: 'new', pages: 1 },
      { outcome: 'rejected', pages: 2 },
      { outcome: 'sitemap', pages: 1 },
      { outcome: 'odd', pages: 1 },
    ]);
  });
});
