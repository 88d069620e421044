import { type ChunkFrame, framedText } from './chunk.ts';
import { AppError } from './errors.ts';
import { hashOf, sha256 } from './hash.ts';

/** All that decides which vector a text gets. Two embedders with one spec must agree. */
export type EmbedderSpec = {
  /** `static`, `transformers` or `openai`. */
  readonly provider: string;
  /** Folder name, hub id or the provider's model name. */
  readonly model: string;
  /** Content hash of the weights, hub revision, or the provider's version. */
  readonly revision: string;
  /** Length of a vector. */
  readonly dimension: number;
  readonly pooling: 'mean' | 'cls' | 'last' | 'provider';
  readonly normalisation: 'l2' | 'none';
  readonly queryPrefix: string;
  readonly documentPrefix: string;
  /** Most tokens of one text, prefix included; longer texts are refused, never cut. */
  readonly tokensMax: number;
  /** Name or content hash of the tokenizer that counts `tokensMax`. */
  readonly tokenizer: string;
};

/** What a text is embedded for; some models put different prefixes before each. */
export type EmbeddingPurpose = 'document' | 'query';

/** Non-zero entries of a sparse vector: ascending unique indices, and a weight for each. */
export type SparseVector = {
  readonly indices: readonly number[];
  readonly values: readonly number[];
};

/** All that decides which sparse vector a text gets. */
export type SparseSpec = {
  readonly name: 'bm25';
  readonly version: number;
  /** Term-frequency saturation. */
  readonly k1: number;
  /** Strength of the length normalisation, 0–1. */
  readonly b: number;
  /** Length, in terms, that counts as average. Fixed, so that a weight never depends on other texts. */
  readonly termsAverage: number;
  /** Snowball's name of a language. */
  readonly stemmer: string;
};

/** The texts whose vectors are part of every fingerprint. Changing one changes every fingerprint. */
export const PROBE_TEXTS: readonly string[] = [
  'How do I roll back the retrieval index to the previous version?',
  'Chunks are counted with the tokenizer of the embedder.',
  'Gradient descent minimises the loss of a neural network.',
  'HTTP 304 Not Modified saves the body of an unchanged page.',
  'Paris is the capital of France.',
];

/** Rounded so that the last bits, which differ between machines, do not count. */
const PROBE_DECIMALS = 4;

/**
 * The identity of an embedding space: SHA-256 over the spec and the vectors of `PROBE_TEXTS`
 * (documents), each value rounded to four decimals.
 */
export function fingerprintOf(spec: EmbedderSpec, probes: readonly Float32Array[]): string {
  const rows = probes.map((vector) =>
    Array.from(vector, (value) => (value === 0 ? 0 : value).toFixed(PROBE_DECIMALS)).map((text) =>
      text === `-${(0).toFixed(PROBE_DECIMALS)}` ? text.slice(1) : text,
    ),
  );
  return `emb-${sha256(`${hashOf({ ...spec })}\n${JSON.stringify(rows)}`).slice(0, 32)}`;
}

/**
 * Cosine that probe vectors must keep. Two machines differ in the last bits, and a provider's vectors
 * from one request to the next by some 1e-5; other weights move them by far more.
 */
const PROBE_COSINE_MIN = 0.9995;

/** Whether an embedder gives, for the probe texts, the vectors that it gave before. */
export const isSameSpace = (
  known: readonly Float32Array[],
  probes: readonly Float32Array[],
): boolean =>
  known.length > 0 &&
  known.length === probes.length &&
  known.every((vector, at) => {
    const probe = probes[at];
    return probe?.length === vector.length && cosineOf(vector, probe) >= PROBE_COSINE_MIN;
  });

/** Cosine of two vectors of one length; two zeros are the same, one zero is like nothing. */
export function cosineOf(a: Float32Array, b: Float32Array): number {
  let dot = 0;
  let aa = 0;
  let bb = 0;
  for (const [at, value] of a.entries()) {
    const other = b[at] ?? 0;
    dot += value * other;
    aa += value * value;
    bb += other * other;
  }
  if (aa === 0 || bb === 0) return aa === bb ? 1 : 0;
  return dot / Math.sqrt(aa * bb);
}

/** Throws `embedding_space_mismatch` unless the embedder at hand is the one `of` was built with. */
export function requireFingerprint(actual: string, expected: string, of: string): void {
  if (actual === expected) return;
  throw new AppError(
    'embedding_space_mismatch',
    `${of} was built with embedder ${expected}, but the configured embedder is ${actual}. ` +
      'Restore the embedder it was built with, or build the next view version and promote a pairing on it.',
  );
}

/**
 * The text that is embedded for a chunk, dense and sparse alike: the title and the heading path
 * above the chunk give it context, then the chunk itself, with its frame. A context that does not fit beside the
 * text is left out from its outer end inwards, whole parts at a time; the text itself never is.
 *
 * @param fits whether the embedder takes a text of this length
 */
export function chunkEmbeddingText(
  chunk: {
    readonly title: string;
    readonly headingPath: readonly string[];
    readonly text: string;
    readonly frame?: ChunkFrame;
  },
  fits: (text: string) => boolean,
): string {
  const framed = framedText(chunk);
  const headings = chunk.headingPath.filter((heading) => heading !== chunk.title);
  const context = [chunk.title, ...headings].filter((part) => part !== '');
  for (let left = 0; left < context.length; left += 1) {
    const text = prepareText(`${context.slice(left).join(' › ')}\n\n${framed}`);
    if (fits(text)) return text;
  }
  return prepareText(framed);
}

/** Text as every embedder sees it: NFC, no control characters, no runs of blank space. */
export function prepareText(text: string): string {
  return text
    .normalize('NFC')
    .replace(/(?![\t\n])\p{Cc}/gu, ' ')
    .replace(/[ \t]+/g, ' ')
    .trim();
}
