import type { ErrorCode } from '#domain/errors.ts';
import type { Dtype, ModelPlace } from './model-place.ts';
import type { Pooling } from './pool-states.ts';

/** What a thread is started with. */
export type ThreadStart = {
  readonly place: ModelPlace;
  readonly dtype: Dtype;
  readonly cacheFolder: string;
  /** Ends in a slash. */
  readonly hubUrl: string;
  /** For models that the hub gives only to those it knows; `null` for none. */
  readonly hubToken: string | null;
};

/** A batch of texts as token ids, special ones included. */
export type ThreadBatch = {
  readonly ids: readonly Int32Array<ArrayBuffer>[];
  readonly pooling: Pooling;
  readonly normalise: boolean;
  /** Each text by itself, so that no text's vector depends on another's. */
  readonly alone: boolean;
};

export type ThreadAnswer =
  | { readonly kind: 'ready'; readonly dimension: number }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string }
  /** The vectors of a batch, one after the other, in its order. */
  | { readonly kind: 'ran'; readonly vectors: Float32Array<ArrayBuffer> }
  | { readonly kind: 'refused'; readonly message: string };
