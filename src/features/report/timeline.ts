import type { Timeline } from '#domain/crawl-summary.ts';
import type { Visit } from '#domain/visit.ts';

const BUCKETS_MAX = 48;

const [SECOND_MS, MINUTE_MS, HOUR_MS] = [1_000, 60_000, 3_600_000];

/** Lengths of a bucket that a person can read off an axis. */
const BUCKETS_MS = [
  ...[10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12, 24].map((hours) => hours * HOUR_MS),
];

/** Visits by the time at which they ended, in at most 48 buckets of equal length. */
export function timelineOf(visits: readonly Visit[]): Timeline | null {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const moments = visits.map(({ at, outcome }) => ({ ms: Date.parse(at), outcome }));
  for (const { ms } of moments) {
    first = Math.min(first, ms);
    last = Math.max(last, ms);
  }
  if (moments.length === 0) return null;
  const bucketMs = bucketOf(last - first + 1);
  const buckets: Record<string, number>[] = [];
  for (let start = first; start <= last; start += bucketMs) buckets.push({});
  for (const { ms, outcome } of moments) {
    const bucket = buckets[Math.floor((ms - first) / bucketMs)];
    if (bucket !== undefined) bucket[outcome] = (bucket[outcome] ?? 0) + 1;
  }
  return { startsAt: new Date(first).toISOString(), bucketMs, buckets };
}

function bucketOf(spanMs: number): number {
  const readable = BUCKETS_MS.find((bucketMs) => spanMs <= bucketMs * BUCKETS_MAX);
  if (readable !== undefined) return readable;
  const days = Math.ceil(spanMs / (BUCKETS_MAX * 24 * HOUR_MS));
  return days * 24 * HOUR_MS;
}
