import { type EmbeddingPurpose, PROBE_TEXTS } from '#domain/embedding.ts';
import { AppError } from '#domain/errors.ts';
import { sha256 } from '#domain/hash.ts';
import type { Embedder } from '#ports/embedder.ts';
import type { VectorCache } from '#ports/vector-cache.ts';
import { createPayer } from './payer.ts';

export type EmbeddingCacheOptions = {
  readonly embedder: Embedder;
  readonly store: VectorCache;
  /** Of the embedder, by `fingerprintOf`. */
  readonly fingerprint: string;
};

export type CachedEmbedder = Embedder & {
  /** Positions of the texts that the embedder would be asked for, each text once. */
  missing(texts: readonly string[], purpose: EmbeddingPurpose): Promise<readonly number[]>;
  /** Texts since the start that were known, and that were not. */
  counts(): { readonly known: number; readonly embedded: number };
};

/** Keys of one look-up. */
const KEYS_MAX = 1_000;

/**
 * An embedder that asks another one only for texts that it was never asked for: in any view, run or
 * process that shares the store. Each batch is stored as it arrives, so that a failure loses nothing
 * that was paid for; calls at the same time share what they both miss. Probe texts go through and are
 * never kept: they are asked to find out whether the embedder is still the same.
 *
 * Worth it where a vector costs money or many milliseconds. The static embedder takes a tenth of a
 * millisecond, less than a look-up: leave it as it is.
 */
export function createEmbeddingCache(options: EmbeddingCacheOptions): CachedEmbedder {
  const { embedder, store, fingerprint } = options;
  const { spec } = embedder;
  const counts = { known: 0, embedded: 0 };
  const pay = createPayer(options);

  const knownOf = async (hashes: readonly string[], purpose: EmbeddingPurpose) => {
    const found = new Map<string, Float32Array>();
    for (let at = 0; at < hashes.length; at += KEYS_MAX) {
      const part = await store.getMany({ fingerprint, purpose }, hashes.slice(at, at + KEYS_MAX));
      for (const [hash, vector] of part) {
        if (vector.length !== spec.dimension) throw broken(fingerprint, vector.length);
        found.set(hash, vector);
      }
    }
    return found;
  };
  /** Said here, since the embedder would name a place among the missing. */
  const refuseLong = (text: string, position: number, purpose: EmbeddingPurpose) => {
    const prefix = purpose === 'query' ? spec.queryPrefix : spec.documentPrefix;
    const tokens = embedder.countTokens(prefix + text);
    if (tokens > spec.tokensMax) throw tooLong(spec, position, tokens);
  };

  return {
    spec,
    countTokens: embedder.countTokens,
    async embed(texts, purpose, signal) {
      signal.throwIfAborted();
      const hashes = texts.map(keyOf);
      const cached = [...new Set(hashes)].filter((hash) => hash !== null);
      const found = await knownOf(cached, purpose);
      const isMissing = (at: number) => !found.has(hashes[at] ?? '');
      const missing = [...texts.keys()].filter(isMissing);
      if (missing.length > 0) {
        for (const at of missing) refuseLong(texts[at] ?? '', at, purpose);
        const texted = new Map(missing.map((at) => [hashes[at] ?? `probe ${at}`, texts[at] ?? '']));
        for (const [key, vector] of await pay(texted, purpose, signal)) found.set(key, vector);
      }
      counts.known += texts.length - missing.length;
      counts.embedded += missing.length;
      // Copies: a text that comes twice must not give one vector to two owners.
      return hashes.map((hash, at) => vectorIn(found, hash ?? `probe ${at}`).slice());
    },
    async missing(texts, purpose) {
      const firsts = new Map<string, number>();
      for (const [at, text] of texts.entries()) {
        const hash = sha256(text);
        if (!firsts.has(hash)) firsts.set(hash, at);
      }
      const found = await knownOf([...firsts.keys()], purpose);
      return [...firsts].filter(([hash]) => !found.has(hash)).map(([, at]) => at);
    },
    counts: () => ({ ...counts }),
  };
}

const PROBES = new Set(PROBE_TEXTS);

/** `null` for a text that is never kept. */
const keyOf = (text: string): string | null => (PROBES.has(text) ? null : sha256(text));

function vectorIn(found: ReadonlyMap<string, Float32Array>, key: string): Float32Array {
  const vector = found.get(key);
  if (vector === undefined) throw new AppError('internal', 'the embedder left out a text');
  return vector;
}

const broken = (fingerprint: string, length: number): AppError =>
  new AppError(
    'index_mismatch',
    `the vector cache holds a vector of ${length} values for ${fingerprint}, which has others; ` +
      'remove what it holds of that embedder.',
  );

const tooLong = (spec: Embedder['spec'], position: number, tokens: number): AppError =>
  new AppError(
    'text_too_long',
    `text ${position} has ${tokens} tokens; ${spec.model} takes ${spec.tokensMax}. Cut it into chunks.`,
  );
