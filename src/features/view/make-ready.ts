import { AppError } from '#domain/errors.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import type { OnProgress } from '#domain/run.ts';
import type { PublishDeps } from '../publish/held.ts';
import { type Verification, verify } from './verify.ts';

/**
 * A view that has an epoch is verified once before any pairing may name it. Gives the view as it is
 * then. Rejects with `index_mismatch` or `embedding_space_mismatch` saying what was found wanting.
 */
export async function makeReady(
  deps: PublishDeps,
  viewId: string,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<FeatureView> {
  const { views } = deps.registry;
  const view = await views.get(viewId);
  if (view.readyAt !== null || view.publishedEpoch === 0) return view;
  requirePassed(await verify(deps, { view, repair: false }, onProgress, signal));
  return views.markReady(viewId, deps.clock.now());
}

/** Throws with what was found wanting. */
export function requirePassed({ viewId, checks }: Verification): void {
  const failed = checks.filter(({ passed }) => !passed);
  if (failed.length === 0) return;
  const isSpace = failed.some(({ name }) => name === 'embedder');
  // One cause may fail several checks.
  const found = Map.groupBy(failed, ({ detail }) => detail.replace(/\.$/, ''));
  const reasons = [...found].map(
    ([detail, checks]) => `${checks.map(({ name }) => name).join(', ')}: ${detail}`,
  );
  throw new AppError(
    isSpace ? 'embedding_space_mismatch' : 'index_mismatch',
    `${viewId} does not verify: ${reasons.join('; ')}.` +
      (isSpace ? '' : ` Mend it: lockstep view verify ${viewId} --repair.`),
  );
}
