import { isVisible } from '#domain/epoch.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import { hasherOf } from '#domain/hash.ts';
import type { KnownPoint, PointSpan } from '#ports/view-registry.ts';
import type { FeatureDeps } from '../deps.ts';

export type ReconcileDeps = Pick<FeatureDeps, 'index'> & {
  readonly registry: Pick<FeatureDeps['registry'], 'views'>;
};

export type ReconcileRequest = {
  readonly view: FeatureView;
  /** Whose members are hashed on both sides. */
  readonly epoch: number;
  /**
   * Removes extra points from the index, and takes the confirmation of the others back, so that the
   * next writing of points mends them.
   */
  readonly repair: boolean;
};

export type Differences = {
  /** Points of the registry that were compared. */
  readonly points: number;
  /** In the registry and not in the index, though it held them once. */
  readonly missing: number;
  /** In the index and not in the registry. */
  readonly extra: number;
  /** In both, with other epochs. */
  readonly different: number;
  /** Not written yet: a publishing that was cut off has them before it. */
  readonly unfinished: number;
  /** SHA-256 over the ascending ids of the points visible at the epoch, on either side. */
  readonly registryHash: string;
  readonly indexHash: string;
  /** Some of the points concerned, for whoever looks into it. */
  readonly examples: readonly string[];
};

/** Points compared at a time: the index is read once for each such part of the registry. */
const PART_MAX = 500_000;
const PAGE_MAX = 10_000;
const EXAMPLES_MAX = 5;

/** Compares every point of the index with the registry, which is right. */
export async function reconcile(
  deps: ReconcileDeps,
  { view, epoch, repair }: ReconcileRequest,
  signal: AbortSignal,
): Promise<Differences> {
  const counts = { points: 0, missing: 0, extra: 0, different: 0, unfinished: 0 };
  const examples: string[] = [];
  const hashes = { registry: hasherOf(), index: hasherOf() };
  for await (const part of partsOf(deps.registry.views, view.id, signal)) {
    const found = await compare(deps, { view, part, epoch }, signal);
    counts.points += part.points.length;
    counts.missing += found.missing.length;
    counts.extra += found.extra.length;
    counts.different += found.different.length;
    counts.unfinished += found.unfinished;
    const concerned = [...found.missing, ...found.extra, ...found.different];
    examples.push(...concerned.slice(0, EXAMPLES_MAX - examples.length));
    for (const { id } of part.points.filter((point) => isVisible(point, epoch))) {
      hashes.registry.add(id);
    }
    const visible = found.spans.filter((point) => isVisible(point, epoch)).map(({ id }) => id);
    for (const id of visible.sort()) hashes.index.add(id);
    if (repair) await mend(deps, { view, found }, signal);
  }
  return {
    ...counts,
    registryHash: hashes.registry.end(),
    indexHash: hashes.index.end(),
    examples,
  };
}

type Compared = {
  readonly spans: readonly PointSpan[];
  readonly missing: readonly string[];
  readonly extra: readonly string[];
  readonly different: readonly string[];
  readonly unfinished: number;
};

async function compare(
  { index }: ReconcileDeps,
  { view, part, epoch }: Pick<ReconcileRequest, 'view' | 'epoch'> & { readonly part: Part },
  signal: AbortSignal,
): Promise<Compared> {
  const left = new Map(part.points.map((point) => [point.id, point]));
  const spans: PointSpan[] = [];
  const extra: string[] = [];
  const different: string[] = [];
  let unfinished = 0;
  for await (const span of index.scan(view, signal)) {
    if (!isWithin(span.id, part)) continue;
    spans.push(span);
    const known = left.get(span.id);
    left.delete(span.id);
    if (known === undefined) extra.push(span.id);
    else if (known.from === span.from && known.to === span.to) continue;
    else if (known.confirmed || !looksSame(known, span, epoch)) different.push(span.id);
    else unfinished += 1;
  }
  // What ceased before it was ever visible need not have been written.
  const unseen = [...left.values()].filter(({ from, to }) => from < to);
  // What an epoch that is published needs was written once, confirmed or not.
  const lost = unseen.filter(({ confirmed, from }) => confirmed || from <= epoch);
  const missing = lost.map(({ id }) => id);
  unfinished += unseen.length - missing.length;
  return { spans, missing, extra, different, unfinished };
}

/** To readers up to an epoch: what the next one changes is written before it is published. */
const looksSame = (one: PointSpan, other: PointSpan, epoch: number): boolean =>
  one.from === other.from && Math.min(one.to, epoch + 1) === Math.min(other.to, epoch + 1);

async function mend(
  { registry: { views }, index }: ReconcileDeps,
  { view, found }: { readonly view: FeatureView; readonly found: Compared },
  signal: AbortSignal,
): Promise<void> {
  for (const ids of pagesOf([...found.missing, ...found.different])) {
    await views.unconfirm(view.id, ids);
  }
  for (const ids of pagesOf(found.extra)) await index.remove(view, ids, signal);
}

/** Points with ids after one and up to another; `null` is before, or after, them all. */
type Part = {
  readonly after: string | null;
  readonly upTo: string | null;
  readonly points: readonly KnownPoint[];
};

const isWithin = (id: string, { after, upTo }: Part): boolean =>
  (after === null || id > after) && (upTo === null || id <= upTo);

async function* partsOf(
  views: ReconcileDeps['registry']['views'],
  viewId: string,
  signal: AbortSignal,
): AsyncIterable<Part> {
  let after: string | null = null;
  for (;;) {
    const points: KnownPoint[] = [];
    let isLast = false;
    while (!isLast && points.length < PART_MAX) {
      signal.throwIfAborted();
      const from: string | null = points.at(-1)?.id ?? after;
      const page: readonly KnownPoint[] = await views.points(viewId, from, PAGE_MAX);
      points.push(...page);
      isLast = page.length < PAGE_MAX;
    }
    const upTo: string | null = isLast ? null : (points.at(-1)?.id ?? null);
    yield { after, upTo, points };
    if (upTo === null) return;
    after = upTo;
  }
}

const pagesOf = (ids: readonly string[]): readonly (readonly string[])[] =>
  Array.from({ length: Math.ceil(ids.length / PAGE_MAX) }, (_, at) =>
    ids.slice(at * PAGE_MAX, (at + 1) * PAGE_MAX),
  );
