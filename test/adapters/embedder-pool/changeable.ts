import {
  createEmbedderPool,
  type EmbedderPoolOptions,
} from '#adapters/embedder-pool/embedder-pool.ts';
import { type EmbedderSpec, fingerprintOf, PROBE_TEXTS } from '#domain/embedding.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import type { Embedder } from '#ports/embedder.ts';
import { viewOf } from '../../fakes/served.ts';

const signal = new AbortController().signal;

const specOf = (model: string): EmbedderSpec => ({
  provider: 'static',
  model,
  revision: 'r1',
  dimension: 2,
  pooling: 'mean',
  normalisation: 'none',
  queryPrefix: '',
  documentPrefix: '',
  tokensMax: 100,
  tokenizer: 't',
});

/** An embedder whose weights a test may change, or that it may let fail, between two calls. */
export type Changeable = {
  readonly embedder: Embedder;
  readonly calls: (readonly string[])[];
  /** What its vectors are made with. */
  slope: number;
  failure: Error | null;
};

export function changeable(model: string, slope = 1): Changeable {
  const calls: (readonly string[])[] = [];
  const state: Changeable = {
    calls,
    slope,
    failure: null,
    embedder: {
      spec: specOf(model),
      countTokens: (text) => text.length,
      embed: async (texts) => {
        calls.push(texts);
        if (state.failure !== null) throw state.failure;
        return texts.map((text) => Float32Array.of(text.length * state.slope, 50));
      },
    },
  };
  return state;
}

/** A view as it was made with what the embedder gives now, and its probes. */
export async function builtBy({ embedder }: Pick<Changeable, 'embedder'>): Promise<{
  readonly view: FeatureView;
  readonly probes: readonly Float32Array[];
}> {
  const probes = await embedder.embed(PROBE_TEXTS, 'document', signal);
  return { view: viewOf(embedder, fingerprintOf(embedder.spec, probes)), probes };
}

/** A pool over embedders by the names `static:0`, `static:1` …; all of them may have made a view. */
export function poolOver(all: readonly Changeable[], options: Partial<EmbedderPoolOptions> = {}) {
  const names = all.map((_, at) => `static:${at}`);
  return createEmbedderPool({
    configured: 'static:0',
    load: async (reference) => {
      const found = all[names.indexOf(reference)];
      if (found === undefined) throw new Error(`there is no ${reference}`);
      return found.embedder;
    },
    referencesOf: async () => names,
    probesOf: async () => [],
    ...options,
  });
}
