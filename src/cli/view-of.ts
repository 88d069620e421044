import { AppError } from '#domain/errors.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import type { Lockstep } from './lockstep.ts';

/** The view of this name or id, by default the newest; says how to get the first one. */
export async function viewOf(
  { registry, settings }: Pick<Lockstep, 'registry' | 'settings'>,
  name: string | null,
): Promise<FeatureView> {
  if (name === null && (await registry.views.list()).length === 0) {
    const message = 'there is no feature view yet; lockstep crawl makes and publishes the first.';
    throw new AppError('not_found', message, { param: 'view' });
  }
  return registry.views.get(name ?? settings.viewName);
}
