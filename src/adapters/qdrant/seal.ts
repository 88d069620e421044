import { AppError } from '#domain/errors.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import { missingCollection } from '#ports/feature-index.ts';
import { readCollection } from './collection.ts';
import type { QdrantSettings } from './options.ts';
import type { Requests } from './requests.ts';

type Place = { readonly requests: Requests; readonly view: FeatureView };

/** Between two looks at how far Qdrant is. */
const LOOK_MS = 250;

/**
 * Writes are searchable when they resolve. This waits until Qdrant has indexed them too, for a
 * bounded time: what is not indexed is scanned, which is right but slow.
 */
export async function sealCollection(
  place: Place,
  { clock, limits, log }: Pick<QdrantSettings, 'clock' | 'limits' | 'log'>,
  signal: AbortSignal,
): Promise<void> {
  const { requests, view } = place;
  const began = clock.monotonicMs();
  for (;;) {
    const found = await readCollection(place, signal);
    if (found === null) throw missingCollection(view);
    const { optimizer_status, status } = found;
    if (optimizer_status !== 'ok' || status === 'red') {
      const why = optimizer_status === 'ok' ? 'its status is red' : errorIn(optimizer_status);
      throw new AppError(
        'upstream_unavailable',
        `Qdrant at ${requests.server} cannot index collection ${view.collection}: ${why}.`,
        { retryable: true },
      );
    }
    if (status === 'green') return;
    // After a restart the work is there, but waits for a change; an empty one is enough.
    if (status === 'grey') await wake(place, signal);
    if (clock.monotonicMs() - began >= limits.indexingMsMax) break;
    await clock.sleep(LOOK_MS, signal);
  }
  log.warn('Qdrant is still indexing; searches are slow until it is done', {
    collection: view.collection,
  });
}

async function wake({ requests, view }: Place, signal: AbortSignal): Promise<void> {
  await requests.send(view, signal, (api, init) =>
    api.updateCollection({ collection_name: view.collection, optimizers_config: {} }, init),
  );
}

const errorIn = (status: unknown): string =>
  typeof status === 'object' && status !== null ? String(Reflect.get(status, 'error')) : 'unknown';
