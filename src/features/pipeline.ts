import { toAppError } from '#domain/errors.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import type { OnProgress } from '#domain/run.ts';
import type { Source } from '#domain/source.ts';
import { type CrawlReport, crawl } from './crawl/crawl.ts';
import { linkDuplicates } from './dedupe/link-duplicates.ts';
import type { FeatureDeps } from './deps.ts';
import { ensureView, type ViewRequest } from './ensure-view.ts';
import { type PublishReport, publish } from './publish/publish.ts';
import { outdatedStages } from './publish/view-tools.ts';
import { makeReady } from './view/make-ready.ts';
import { viewsInUse } from './view/views-in-use.ts';

export type FeatureRequest = {
  readonly sources: readonly Source[];
  readonly view: ViewRequest;
  readonly userAgent: string;
};

export type FeatureReport = {
  readonly view: FeatureView;
  readonly crawls: readonly CrawlReport[];
  readonly publish: PublishReport;
  /** Other views that channels answer from, and what became of them. */
  readonly others: readonly OtherView[];
};

type OtherView = {
  readonly viewId: string;
  readonly epoch: number | null;
  /** Why it could not be brought up to date; it keeps the epoch it has. `null` when it was. */
  readonly problem: string | null;
};

/**
 * The feature pipeline: discover → fetch → extract → clean → validate → dedupe for each source, then
 * chunk → embed → load → publish for all that changed, as one epoch of the view that stands for the
 * settings, and of each other that a channel answers from: whoever is asked sees the same posts.
 */
export async function runFeatures(
  deps: FeatureDeps,
  { sources, view: viewRequest, userAgent }: FeatureRequest,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<FeatureReport> {
  const crawls: CrawlReport[] = [];
  for (const source of sources) {
    crawls.push(await crawl(deps, { source, userAgent }, onProgress, signal));
  }
  await linkDuplicates(deps, signal);
  const wanted = await ensureView(deps, viewRequest, signal);
  const published = await publish(deps, wanted, onProgress, signal);
  const view = await makeReady(deps, wanted.id, onProgress, signal);
  const others = await publishOthers(deps, view, onProgress, signal);
  return { view, crawls, publish: published, others };
}

async function publishOthers(
  deps: FeatureDeps,
  main: FeatureView,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<readonly OtherView[]> {
  const others: OtherView[] = [];
  for (const view of await viewsInUse(deps.registry, main.name)) {
    if (view.id === main.id) continue;
    const outdated = outdatedStages(view);
    if (outdated.length > 0) {
      const problem = `it was built by ${outdated.join(' and ')}, which this version no longer has`;
      others.push({ viewId: view.id, epoch: null, problem });
      continue;
    }
    try {
      const { epoch } = await publish(deps, view, onProgress, signal);
      others.push({ viewId: view.id, epoch: epoch?.number ?? null, problem: null });
    } catch (thrown) {
      signal.throwIfAborted();
      // The view that was asked for is published; this one goes on with what it has.
      const { message } = toAppError(thrown);
      deps.log.warn('a view in use was not brought up to date', { view: view.id, why: message });
      others.push({ viewId: view.id, epoch: null, problem: message });
    }
  }
  return others;
}
