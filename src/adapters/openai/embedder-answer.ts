import { AppError } from '#domain/errors.ts';

export type EmbeddingAnswer = {
  /** In the order of the inputs, of unit length. */
  readonly vectors: readonly Float32Array<ArrayBuffer>[];
  /** The model that the server says answered. */
  readonly model: string;
  /** Tokens that the server counted; 0 when it does not. */
  readonly tokens: number;
};

/**
 * Reads an answer of `/v1/embeddings`, whose vectors are base64 or lists of numbers, in any order.
 * Throws `upstream_rejected` unless there is one vector of finite numbers for each input, all of one
 * length, which is `dimension` when that is known.
 */
export function readEmbeddingAnswer(
  body: unknown,
  expected: { readonly name: string; readonly count: number; readonly dimension: number | null },
): EmbeddingAnswer {
  const { name, count } = expected;
  const reject = (what: string) =>
    new AppError('upstream_rejected', `${name} gave an answer that cannot be used: ${what}.`);
  const { data, model, usage } = fieldsOf(body);
  if (!Array.isArray(data)) throw reject('it has no list of vectors');
  if (data.length !== count) throw reject(`it has ${data.length} vectors for ${count} texts`);
  const vectors: Float32Array<ArrayBuffer>[] = [];
  let dimension = expected.dimension;
  for (const entry of data) {
    const { index, embedding } = fieldsOf(entry);
    if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index >= count) {
      throw reject(`a vector has the index ${String(index)}`);
    }
    if (vectors[index] !== undefined) throw reject(`there are two vectors with the index ${index}`);
    const vector = vectorOf(embedding);
    if (vector === null) throw reject(`vector ${index} is neither base64 nor a list of numbers`);
    dimension ??= vector.length;
    if (vector.length !== dimension || dimension === 0) {
      throw reject(`vector ${index} has ${vector.length} values where ${dimension} belong`);
    }
    if (!vector.every(Number.isFinite)) throw reject(`vector ${index} holds what is no number`);
    vectors[index] = scaledToUnit(vector);
  }
  const { prompt_tokens: prompt, total_tokens: total } = fieldsOf(usage);
  const tokens = typeof prompt === 'number' ? prompt : total;
  return {
    vectors,
    model: typeof model === 'string' ? model : '',
    tokens: typeof tokens === 'number' ? tokens : 0,
  };
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {};

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

function vectorOf(embedding: unknown): Float32Array<ArrayBuffer> | null {
  if (typeof embedding === 'string') {
    if (!BASE64.test(embedding)) return null;
    const bytes = Buffer.from(embedding, 'base64');
    if (bytes.length % 4 !== 0) return null;
    return new Float32Array(Uint8Array.from(bytes).buffer);
  }
  if (!Array.isArray(embedding) || !embedding.every((one) => typeof one === 'number')) return null;
  return Float32Array.from(embedding);
}

/** In place; zeros stay zeros. */
function scaledToUnit(vector: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  if (norm === 0) return vector;
  for (let at = 0; at < vector.length; at++) vector[at] = (vector[at] as number) / norm;
  return vector;
}
