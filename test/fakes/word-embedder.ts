import type { EmbedderSpec } from '#domain/embedding.ts';
import { sha256 } from '#domain/hash.ts';
import type { Embedder } from '#ports/embedder.ts';

export type WordEmbedderOptions = {
  readonly model?: string;
  readonly dimension?: number;
  readonly dollarsPerMillionTokens?: number | null;
};

/** An embedder whose weights a test may change between two calls. */
export type WordEmbedder = {
  readonly embedder: Embedder;
  /** Texts that were embedded, probes too, in order. */
  readonly texts: string[];
  /** What the vectors are made with: other weights under the same name. */
  weights: string;
  /** What every call fails with. */
  failure: Error | null;
};

/** Unit vectors of words by their hashes, a token a word: texts with common words are alike. */
export function createWordEmbedder(options: WordEmbedderOptions = {}): WordEmbedder {
  const { model = 'words', dimension = 32, dollarsPerMillionTokens } = options;
  const spec: EmbedderSpec = {
    provider: dollarsPerMillionTokens === undefined ? 'static' : 'openai',
    model,
    revision: 'r1',
    dimension,
    pooling: 'mean',
    normalisation: 'l2',
    queryPrefix: '',
    documentPrefix: '',
    tokensMax: 256,
    tokenizer: 'words',
  };
  const vectorOf = (text: string): Float32Array => {
    const vector = new Float32Array(dimension);
    for (const word of wordsOf(text)) {
      const bytes = Buffer.from(sha256(`${state.weights} ${word}`), 'hex');
      for (const [at, byte] of bytes.entries()) {
        const place = at % dimension;
        vector[place] = (vector[place] ?? 0) + byte - 127.5;
      }
    }
    const length = Math.hypot(...vector);
    return length === 0 ? vector : vector.map((value) => value / length);
  };
  const state: WordEmbedder = {
    texts: [],
    weights: '',
    failure: null,
    embedder: {
      spec,
      ...(dollarsPerMillionTokens !== undefined && { dollarsPerMillionTokens }),
      countTokens: (text) => wordsOf(text).length,
      embed: async (texts, _purpose, signal) => {
        signal.throwIfAborted();
        if (state.failure !== null) throw state.failure;
        state.texts.push(...texts);
        return texts.map(vectorOf);
      },
    },
  };
  return state;
}

const wordsOf = (text: string): readonly string[] => text.match(/\S+/gu) ?? [];
