import { html } from 'hono/html';
import type { Timeline } from '#domain/crawl-summary.ts';
import { amount, counted, duration, moment } from '../format.ts';
import type { Html } from '../html.ts';
import { classOf, inOrder, wordOf } from '../outcome-words.ts';
import { ceilingOf, countAxis, figure, INNER, LABELS_Y, PLOT } from './axis.ts';
import { box, label } from './shapes.ts';

type Bucket = Timeline['buckets'][number];

const totalOf = (bucket: Bucket): number =>
  Object.values(bucket).reduce((sum, visits) => sum + visits, 0);

/** Requests over time: a bar for each bucket, stacked by what came of them. */
export function timelinePlot(id: string, timeline: Timeline): Html {
  const { buckets, bucketMs, startsAt } = timeline;
  const totals = buckets.map(totalOf);
  const largest = Math.max(...totals);
  const ceiling = ceilingOf(largest);
  const width = INNER.width / buckets.length;
  const spanMs = buckets.length * bucketMs;
  const bars = buckets.map((bucket, place) => {
    const x = PLOT.left + place * width;
    return stack(bucket, { x, width, ceiling, since: duration(place * bucketMs) });
  });
  const sum = totals.reduce((all, total) => all + total, 0);
  const says =
    `${counted(sum, 'visit')} from ${moment(startsAt)} on, by what came of them; ` +
    `at most ${amount(largest)} within ${duration(bucketMs)}.`;
  const labels = [
    label(PLOT.left, LABELS_Y, 'start', '0'),
    label(PLOT.left + INNER.width / 2, LABELS_Y, 'middle', duration(spanMs / 2)),
    label(PLOT.left + INNER.width, LABELS_Y, 'end', duration(spanMs)),
  ];
  const drawing = html`${countAxis(ceiling)}${bars}${labels}`;
  return figure({ id, title: 'Visits over time', says, drawing });
}

type Place = {
  readonly x: number;
  readonly width: number;
  readonly ceiling: number;
  readonly since: string;
};

function stack(bucket: Bucket, { x, width, ceiling, since }: Place): Html {
  let top: number = INNER.base;
  const gap = width > 4 ? 1 : 0;
  const parts = inOrder(Object.keys(bucket)).map((outcome) => {
    const visits = bucket[outcome] ?? 0;
    const height = (visits / ceiling) * INNER.height;
    top -= height;
    return box({
      className: classOf(outcome),
      x: x + gap / 2,
      y: top,
      width: width - gap,
      height,
      says: `after ${since}: ${amount(visits)} ${wordOf(outcome)}`,
    });
  });
  return html`${parts}`;
}
