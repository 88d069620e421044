import type { QdrantOptions } from '#adapters/qdrant/options.ts';
import { createQdrantIndex } from '#adapters/qdrant/qdrant-index.ts';
import { systemClock } from '#adapters/system/system.ts';
import type { FeatureIndex } from '#ports/feature-index.ts';

/** An index that never waits long: pauses are as short as the clock allows. */
export const indexAt = (url: string, options: Partial<QdrantOptions> = {}): FeatureIndex =>
  createQdrantIndex({
    url,
    apiKey: null,
    clock: { ...systemClock, sleep: (_ms, signal) => systemClock.sleep(1, signal) },
    random: () => 0.5,
    log: { warn: () => undefined },
    ...options,
  });
