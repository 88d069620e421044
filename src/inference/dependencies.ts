import type { ModelVersion } from '#domain/model.ts';
import type { ChatModel } from '#ports/chat-model.ts';
import type { SparseEncoderOf } from '#ports/embedder.ts';
import type { EmbedderPool } from '#ports/embedder-pool.ts';
import type { FeatureIndex } from '#ports/feature-index.ts';
import type { Registry } from '#ports/registry.ts';
import type { Clock, Ids, Log } from '#ports/system.ts';

/** What it takes to know which parts a channel or a pairing names. */
export type ServingDependencies = Pick<
  Registry,
  'channels' | 'pairings' | 'views' | 'prompts' | 'models'
> & {
  readonly embedders: EmbedderPool;
  readonly sparseOf: SparseEncoderOf;
};

export type RetrievalDependencies = ServingDependencies & { readonly index: FeatureIndex };

export type InferenceDependencies = RetrievalDependencies &
  Pick<Registry, 'answers' | 'documents'> & {
    /** Rejects with `invalid_config` when the provider is not configured. */
    readonly chatModelOf: (model: ModelVersion) => ChatModel;
    readonly clock: Clock;
    readonly ids: Ids;
    readonly log: Log;
  };
