import { createEmbedderPool } from '#adapters/embedder-pool/embedder-pool.ts';
import type { Embedder } from '#ports/embedder.ts';
import type { EmbedderPool } from '#ports/embedder-pool.ts';

/** The real pool over embedders that are at hand; the first is the configured one. */
export function createPoolOf(...embedders: readonly Embedder[]): EmbedderPool {
  const names = embedders.map((_, at) => `static:${at}`);
  return createEmbedderPool({
    configured: 'static:0',
    load: async (reference) => {
      const found = embedders[names.indexOf(reference)];
      if (found === undefined) throw new Error(`there is no ${reference}`);
      return found;
    },
    referencesOf: async () => names,
    probesOf: async () => [],
  });
}
