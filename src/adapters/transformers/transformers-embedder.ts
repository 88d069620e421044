import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { EmbedderSpec, EmbeddingPurpose } from '#domain/embedding.ts';
import { AppError } from '#domain/errors.ts';
import type { Embedder } from '#ports/embedder.ts';
import { type Dtype, folderOf, placeOf, weightsName } from './model-place.ts';
import { readSettings } from './model-settings.ts';
import { createModelThreads, type ModelThreads } from './model-threads.ts';
import { planBatches } from './plan-batches.ts';
import type { ThreadBatch } from './thread-messages.ts';
import { createTokenCounter, type TokenCounter } from './token-counter.ts';
import { type ModelWishes, transformersSpec } from './transformers-spec.ts';
import { readWeights } from './weights.ts';

export type TransformersEmbedderOptions = ModelWishes & {
  /** Branch, tag or commit at the hub; a folder has none. */
  readonly revision?: string;
  readonly dtype?: Dtype;
  /** Where models from the hub are kept. */
  readonly cacheFolder: string;
  /** Each holds the model in memory once more. */
  readonly threads: number;
  readonly hubUrl?: string;
  /** For models that the hub gives only to those it knows. */
  readonly hubToken?: string | null;
  /** Another module in place of the thread's own. */
  readonly entry?: URL;
};

export type TransformersEmbedder = Embedder & {
  /** Ends the threads; what runs is rejected. */
  close(): Promise<void>;
};

const HUB_URL = 'https://huggingface.co/';
/**
 * Measured with a MiniLM: more in a batch is slower, as what a layer hands to the next no longer fits
 * the cache.
 */
const PADDED_TOKENS_MAX = 1_024;
/** Characters tokenised between two looks at the signal and at what else the program has to do. */
const CHARACTERS_PER_TURN = 100_000;

/**
 * An embedder that runs an ONNX model on this machine. `spec.tokensMax` and `countTokens` leave the
 * special tokens out, so that a text with its prefix fits when `countTokens(prefix + text)` is at most
 * `tokensMax`. Vectors do not depend on what else is embedded with a text. Rejects with `not_found`,
 * `invalid_input`, or `upstream_unavailable` when the hub cannot be reached.
 */
export async function loadTransformersEmbedder(
  options: TransformersEmbedderOptions,
): Promise<TransformersEmbedder> {
  const { model, revision = 'main', dtype = 'fp32', cacheFolder } = options;
  const place = placeOf(model, revision, dtype);
  const hubUrl = (options.hubUrl ?? HUB_URL).replace(/\/*$/, '/');
  const threads = createModelThreads({
    entry: options.entry ?? new URL('./model-worker.ts', import.meta.url),
    start: { place, dtype, cacheFolder, hubUrl, hubToken: options.hubToken ?? null },
    name: `transformers:${model}`,
    threads: options.threads,
  });
  try {
    const dimension = await threads.dimension();
    const folder = folderOf(place, cacheFolder);
    const settings = await readSettings(folder);
    const counter = createTokenCounter(folder, settings);
    const { hash, quantisesBatches } = await readWeights(
      join(folder, place.kind === 'hub' ? 'onnx' : place.subfolder),
      weightsName(dtype),
    );
    const { special } = counter;
    const found = { dimension, settings, special, revision: `${hash}-${dtype}` };
    const { spec, pooling } = transformersSpec(options, found);
    const batch = { pooling, normalise: spec.normalisation === 'l2', alone: quantisesBatches };
    return embedderOf({ spec, batch, counter, threads, threadCount: options.threads });
  } catch (thrown) {
    await threads.close();
    throw thrown;
  }
}

type Parts = {
  readonly spec: EmbedderSpec;
  readonly batch: Omit<ThreadBatch, 'ids'>;
  readonly counter: TokenCounter;
  readonly threads: ModelThreads;
  readonly threadCount: number;
};

function embedderOf(parts: Parts): TransformersEmbedder {
  const { spec, counter, threads, threadCount } = parts;
  return {
    spec,
    countTokens: counter.count,
    async embed(texts, purpose, signal) {
      const ids = await encodeAll(parts, { texts, purpose, signal });
      const batches = planBatches(
        ids.map(({ length }) => length),
        { paddedTokensMax: PADDED_TOKENS_MAX, threads: threadCount },
      );
      const vectors: Float32Array[] = [];
      // The first failure ends the others' waiting too.
      const failing = new AbortController();
      const either = AbortSignal.any([signal, failing.signal]);
      const left = batches.values();
      const work = async () => {
        for (const positions of left) {
          const chosen = positions.map((position) => ids[position] as Int32Array<ArrayBuffer>);
          const flat = await threads.run({ ...parts.batch, ids: chosen }, either);
          for (const [at, position] of positions.entries()) {
            // A copy of its own: a vector that is kept must not keep its whole batch.
            vectors[position] = flat.slice(at * spec.dimension, (at + 1) * spec.dimension);
          }
        }
      };
      try {
        await Promise.all(Array.from({ length: Math.min(threadCount, batches.length) }, work));
      } catch (thrown) {
        failing.abort(thrown);
        throw thrown;
      }
      return vectors;
    },
    close: threads.close,
  };
}

async function encodeAll(
  { spec, counter }: Parts,
  asked: {
    readonly texts: readonly string[];
    readonly purpose: EmbeddingPurpose;
    readonly signal: AbortSignal;
  },
): Promise<readonly Int32Array<ArrayBuffer>[]> {
  const { texts, purpose, signal } = asked;
  const prefix = purpose === 'query' ? spec.queryPrefix : spec.documentPrefix;
  const all: Int32Array<ArrayBuffer>[] = [];
  let characters = 0;
  signal.throwIfAborted();
  for (const [position, text] of texts.entries()) {
    characters += text.length;
    if (characters > CHARACTERS_PER_TURN) {
      characters = 0;
      await setImmediate();
      signal.throwIfAborted();
    }
    const ids = counter.encode(prefix + text);
    const tokens = ids.length - counter.special;
    if (tokens > spec.tokensMax) {
      throw new AppError(
        'text_too_long',
        `text ${position} has ${tokens} tokens; ${spec.model} takes ${spec.tokensMax}. Cut it into chunks.`,
      );
    }
    all.push(ids);
  }
  return all;
}
