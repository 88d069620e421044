import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NOTATIONS } from '../../../scripts/ssrf/notations.ts';
import { openRange, type Range } from '../../../scripts/ssrf/trial.ts';

let range: Range;
beforeAll(async () => {
  range = await openRange();
});
afterAll(() => range.close());

describe.each(Object.entries(NOTATIONS))('%s', (_, urls) => {
  it.each(urls)('%j is refused directly, behind a redirect and by rebinding', async (url) => {
    const before = range.arrived();
    expect(await range.try(url)).toMatchObject({ refused: true });
    expect(range.arrived()).toBe(before);
  });
});

it('the table would show what gets through', async () => {
  expect(range.arrived()).toBe(0);
  const reached = await range.try('http://127.7.7.7:{port}/');
  expect(reached).toMatchObject({ direct: 'got through', redirect: 'got through', refused: false });
  expect(range.arrived()).toBe(2);
});
