import type { ServerResponse } from 'node:http';

/** What the server does with one embeddings request. */
export type EmbeddingScript = {
  /** Changes the answer before it is sent. */
  readonly change?: (answer: EmbeddingBody) => object;
  /** Holds the answer back until it resolves. */
  readonly until?: Promise<unknown>;
  /** `tear`: the work is done, and the connection breaks before the answer. */
  readonly end?: 'tear' | 'silence';
  readonly headers?: Readonly<Record<string, string>>;
};

export type EmbeddingBody = {
  readonly object: 'list';
  readonly data: readonly {
    readonly object: 'embedding';
    readonly index: number;
    readonly embedding: string | readonly number[];
  }[];
  readonly model: string;
  readonly usage: { readonly prompt_tokens: number; readonly total_tokens: number };
};

/** OpenAI's own limit on the inputs of a request. */
const INPUTS_MAX = 2_048;

/** Why the API refuses a request, or `null`. */
export function embeddingFault(body: Readonly<Record<string, unknown>>): string | null {
  const { input, model } = body;
  if (typeof model !== 'string') return 'you must provide a model parameter';
  const texts = textsOf(input);
  if (texts.length === 0) return "Missing required parameter: 'input'.";
  if (texts.length > INPUTS_MAX) return "'$.input' is too long.";
  if (texts.some((text) => text === '')) return "'$.input' is invalid: an input is empty.";
  return null;
}

/** Vectors that depend on the text alone; base64 when asked for, as the vendor's client does. */
export function embeddingBody(
  body: Readonly<Record<string, unknown>>,
  dimension: number,
): EmbeddingBody {
  const { input, model, encoding_format: format, dimensions } = body;
  const texts = textsOf(input);
  const length = typeof dimensions === 'number' ? dimensions : dimension;
  const tokens = texts.reduce((sum, text) => sum + text.split(' ').length, 0);
  return {
    object: 'list',
    data: texts.map((text, index) => {
      const vector = vectorOf(text, length);
      const embedding =
        format === 'base64' ? Buffer.from(vector.buffer).toString('base64') : [...vector];
      return { object: 'embedding', index, embedding };
    }),
    model: String(model),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

/** Sends an answer as its script says. */
export async function sendEmbeddings(
  response: ServerResponse,
  answer: EmbeddingBody,
  { change, until, end, headers }: EmbeddingScript = {},
): Promise<void> {
  await until;
  if (end === 'silence') return;
  if (end === 'tear') return void response.destroy();
  response.writeHead(200, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(change?.(answer) ?? answer));
}

const textsOf = (input: unknown): readonly string[] =>
  (Array.isArray(input) ? input : input === undefined ? [] : [input]).map(String);

/** Letters and where they stand, of unit length. */
function vectorOf(text: string, dimension: number): Float32Array<ArrayBuffer> {
  const vector = new Float32Array(dimension);
  for (let index = 0; index < text.length; index += 1) {
    const at = (text.charCodeAt(index) + index) % dimension;
    vector[at] = (vector[at] ?? 0) + 1;
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}
