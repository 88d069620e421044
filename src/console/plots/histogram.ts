import { html } from 'hono/html';
import type { Bin, Distribution } from '#domain/crawl-summary.ts';
import { amount } from '../format.ts';
import type { Html } from '../html.ts';
import { ceilingOf, countAxis, figure, INNER, LABELS_Y, PLOT } from './axis.ts';
import { box, label, line } from './shapes.ts';

export type HistogramOptions = {
  readonly id: string;
  readonly title: string;
  readonly distribution: Distribution;
  /** What is counted: `requests`. */
  readonly of: string;
  readonly format: (value: number) => string;
};

/** Labels below the bins that fit beside each other. */
const LABELS_MAX = 6;

/** Bars of equal width for bins that grow by 1, 2, 5, 10: a logarithmic scale. */
export function histogram({ id, title, distribution, of, format }: HistogramOptions): Html {
  const { bins, p50, p95, max, count } = distribution;
  const ceiling = ceilingOf(Math.max(...bins.map((bin) => bin.count)));
  const width = INNER.width / bins.length;
  const bars = bins.map((bin, place) => {
    const height = (bin.count / ceiling) * INNER.height;
    return box({
      className: 'bar',
      x: PLOT.left + place * width + 1,
      y: INNER.base - height,
      width: Math.max(1, width - 2),
      height,
      says: `${format(bin.from)} to ${format(bin.to)}: ${amount(bin.count)} ${of}`,
    });
  });
  const says =
    `${amount(count)} ${of}: half within ${format(p50)}, 95% within ${format(p95)}, ` +
    `the most ${format(max)}.`;
  const drawing = html`${countAxis(ceiling)}${bars}${boundLabels(bins, width, format)}
    ${mark('p50', PLOT.left + placeOf(bins, p50) * width)}
    ${mark('p95', PLOT.left + placeOf(bins, p95) * width)}`;
  return figure({ id, title, says, drawing });
}

function boundLabels(
  bins: readonly Bin[],
  width: number,
  format: (value: number) => string,
): readonly Html[] {
  const bounds = [...bins.map(({ from }) => from), bins.at(-1)?.to ?? 0];
  const every = Math.ceil(bounds.length / LABELS_MAX);
  return bounds.flatMap((bound, place) => {
    if (place % every !== 0) return [];
    const anchor = place === 0 ? 'start' : place === bounds.length - 1 ? 'end' : 'middle';
    return [label(PLOT.left + place * width, LABELS_Y, anchor, format(bound))];
  });
}

/** Where a value stands among the bins, in bins from the left, on the scale within its bin. */
export function placeOf(bins: readonly Bin[], value: number): number {
  const place = bins.findIndex(({ to }) => value < to);
  const bin = bins[place];
  if (bin === undefined) return bins.length;
  const within =
    bin.from === 0 ? value / bin.to : Math.log(value / bin.from) / Math.log(bin.to / bin.from);
  return place + Math.min(1, Math.max(0, within));
}

const mark = (name: string, x: number): Html =>
  html`${line({ className: 'mark', from: [x, PLOT.top], to: [x, INNER.base] })}
    ${label(x, PLOT.top - 6, 'middle', name)}`;
