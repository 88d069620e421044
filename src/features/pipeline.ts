import type { FeatureView } from '#domain/feature-view.ts';
import type { OnProgress } from '#domain/run.ts';
import type { Source } from '#domain/source.ts';
import { type CrawlReport, crawl } from './crawl/crawl.ts';
import { linkDuplicates } from './dedupe/link-duplicates.ts';
import type { FeatureDeps } from './deps.ts';
import { ensureView, type ViewRequest } from './ensure-view.ts';
import { type PublishReport, publish } from './publish/publish.ts';

export type FeatureRequest = {
  readonly sources: readonly Source[];
  readonly view: ViewRequest;
  readonly userAgent: string;
};

export type FeatureReport = {
  readonly view: FeatureView;
  readonly crawls: readonly CrawlReport[];
  readonly publish: PublishReport;
};

/**
 * The feature pipeline: discover → fetch → extract → clean → validate → dedupe for each source, then
 * chunk → embed → load → publish for all that changed, as one epoch.
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
  const view = await ensureView(deps, viewRequest, signal);
  const published = await publish(deps, view, onProgress, signal);
  return { view, crawls, publish: published };
}
