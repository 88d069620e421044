import { load } from 'cheerio';
import { expect, it } from 'vitest';
import { box, label, line } from '#console/plots/shapes.ts';

const parsed = async (drawing: unknown) => load(String(await drawing), { xml: true });

it('draws a box that tells what it is, to a hundredth', async () => {
  const $ = await parsed(
    box({ className: 'bar', x: 1 / 3, y: 2, width: 10.005, height: 0, says: '<5 & "more">' }),
  );
  expect($('rect').attr()).toEqual({
    class: 'bar',
    x: '0.33',
    y: '2',
    width: '10.01',
    height: '0',
  });
  expect($('rect title').text()).toBe('<5 & "more">');
});

it('draws lines and labels where they are put', async () => {
  const $ = await parsed(line({ className: 'mark', from: [1, 2], to: [3, 4] }));
  expect($('line').attr()).toEqual({ class: 'mark', x1: '1', y1: '2', x2: '3', y2: '4' });
  const text = await parsed(label(5, 6, 'end', '<b>'));
  expect(text('text').attr()).toEqual({ class: 'tick end', x: '5', y: '6' });
  expect(text('text').text()).toBe('<b>');
});
