import type { FeatureView } from '#domain/feature-view.ts';
import type { Clock } from '#ports/system.ts';

/** One serving process asks for very few epochs. */
const EPOCHS_MAX = 4;
const TERMS_MAX = 200_000;
/** A collection that was mended elsewhere has other counts than before. */
const KEPT_MS_MAX = 10 * 60_000;

/** Rarities (idf) by term, of one epoch. */
export type Rarities = Map<number, number>;

/**
 * How rare terms are at an epoch. To count that, Qdrant goes through every visible point, for every
 * search; but a published epoch never changes, so it is asked once for each term.
 */
export function createRarities(clock: Pick<Clock, 'monotonicMs'>) {
  const kept = new Map<string, { readonly since: number; readonly rarities: Rarities }>();
  return {
    /** What is known of a published epoch; `null` for one that may still change. */
    of(view: FeatureView, epoch: number): Rarities | null {
      if (epoch > view.publishedEpoch) return null;
      const key = `${view.collection}#${epoch}`;
      const now = clock.monotonicMs();
      const found = kept.get(key);
      if (found !== undefined && now - found.since < KEPT_MS_MAX) {
        if (found.rarities.size > TERMS_MAX) found.rarities.clear();
        return found.rarities;
      }
      const rarities: Rarities = new Map();
      kept.delete(key);
      kept.set(key, { since: now, rarities });
      for (const oldest of kept.keys()) {
        if (kept.size <= EPOCHS_MAX) break;
        kept.delete(oldest);
      }
      return rarities;
    },
    /** After a change of the collection by this process. */
    forget({ collection }: FeatureView): void {
      for (const key of kept.keys()) if (key.startsWith(`${collection}#`)) kept.delete(key);
    },
  };
}

export type RarityCache = ReturnType<typeof createRarities>;
