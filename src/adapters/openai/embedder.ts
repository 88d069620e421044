import type { EmbedderSpec, EmbeddingPurpose } from '#domain/embedding.ts';
import { AppError } from '#domain/errors.ts';
import type { EmbeddedBatch, Embedder } from '#ports/embedder.ts';
import { inParallel } from './embedder-parallel.ts';
import {
  createEmbeddingRequests,
  type EmbeddingRequests,
  type EmbeddingUsage,
  type RequestOptions,
} from './embedder-requests.ts';
import { limitsOf, type ModelLimits } from './embedder-tokens.ts';

export type OpenAiEmbedderOptions = Omit<RequestOptions, 'dimensions'> & {
  /** Length of the vectors; asked of the model when given, else as long as the model gives them. */
  readonly dimensions?: number;
  /** The model name that the server answers with; asked for when left out. */
  readonly revision?: string;
  /** Most tokens of a text, special ones included; needed for models that are not OpenAI's own. */
  readonly tokensMax?: number;
  /** `tokenizer.json` of a model that is not OpenAI's own. */
  readonly tokenizerFile?: string;
  readonly queryPrefix?: string;
  readonly documentPrefix?: string;
  readonly batch?: Partial<BatchLimits>;
};

export type BatchLimits = {
  /** Texts of a request. OpenAI takes 2,048; other servers may take as few as 32. */
  readonly textsMax: number;
  /** Tokens of a request. OpenAI takes 300,000; a failed request is sent again as a whole. */
  readonly tokensMax: number;
  /** Requests at a time. */
  readonly concurrencyMax: number;
};

const BATCH: BatchLimits = { textsMax: 2_048, tokensMax: 100_000, concurrencyMax: 4 };

export type OpenAiEmbedder = Embedder &
  Required<Pick<Embedder, 'embedEach'>> & {
    usage(): EmbeddingUsage;
    /** List price; `null` when it is not known. */
    readonly dollarsPerMillionTokens: number | null;
  };

/** Asks the server for what is not given: one request for a vector of one word. */
const PROBE = 'lockstep';

/**
 * An embedder behind OpenAI's embeddings API, of OpenAI or of any server that speaks it. Texts go in
 * batches by tokens, a few at a time, as fast as the server's limits allow. What was answered is never
 * asked for again. A text without any visible character is not sent, and gets zeros. Rejects with
 * `embedding_space_mismatch` when another model answers than at the start.
 */
export async function createOpenAiEmbedder(
  options: OpenAiEmbedderOptions,
  signal: AbortSignal,
): Promise<OpenAiEmbedder> {
  const { model, dimensions = null } = options;
  const limits = await limitsOf(model, options);
  const requests = createEmbeddingRequests({ ...options, dimensions });
  const isKnown = dimensions !== null && options.revision !== undefined;
  const probe = isKnown ? null : await requests.send([PROBE], 1, { dimension: dimensions, signal });
  const spec: EmbedderSpec = {
    provider: 'openai',
    model,
    revision: options.revision ?? (probe?.model || model),
    dimension: dimensions ?? probe?.vectors[0]?.length ?? 0,
    pooling: 'provider',
    normalisation: 'l2',
    queryPrefix: options.queryPrefix ?? '',
    documentPrefix: options.documentPrefix ?? '',
    tokensMax: limits.tokensMax,
    tokenizer: limits.tokens.name,
  };
  return embedderOf({ spec, limits, requests, batch: { ...BATCH, ...options.batch } });
}

type Parts = {
  readonly spec: EmbedderSpec;
  readonly limits: ModelLimits;
  readonly requests: EmbeddingRequests;
  readonly batch: BatchLimits;
};

function embedderOf({ spec, limits, requests, batch }: Parts): OpenAiEmbedder {
  async function* embedEach(
    texts: readonly string[],
    purpose: EmbeddingPurpose,
    signal: AbortSignal,
  ): AsyncGenerator<EmbeddedBatch> {
    signal.throwIfAborted();
    const prefix = purpose === 'query' ? spec.queryPrefix : spec.documentPrefix;
    const prefixed = texts.map((text) => prefix + text);
    const counts = prefixed.map((text, position) => counted(text, position));
    const blank = [...texts.keys()].filter((position) => prefixed[position]?.trim() === '');
    if (blank.length > 0) yield { positions: blank, vectors: blank.map(zeros) };
    yield* inParallel(planRequests(prefixed, counts, batch), {
      concurrencyMax: batch.concurrencyMax,
      signal,
      run: async ({ positions, tokens }, either) => {
        const chosen = positions.map((position) => prefixed[position] ?? '');
        const expected = { dimension: spec.dimension, signal: either };
        const answer = await requests.send(chosen, tokens, expected);
        if (answer.model !== '' && answer.model !== spec.revision) throw otherModel(spec, answer);
        return { positions, vectors: answer.vectors };
      },
    });
  }
  const zeros = () => new Float32Array(spec.dimension);
  const counted = (text: string, position: number): number => {
    const tokens = limits.tokens.count(text);
    if (tokens <= spec.tokensMax) return tokens;
    throw new AppError(
      'text_too_long',
      `text ${position} has ${tokens} tokens; ${spec.model} takes ${spec.tokensMax}. Cut it into chunks.`,
    );
  };
  return {
    spec,
    countTokens: limits.tokens.count,
    embedEach,
    async embed(texts, purpose, signal) {
      const vectors: Float32Array[] = [];
      for await (const done of embedEach(texts, purpose, signal)) {
        for (const [at, position] of done.positions.entries()) {
          vectors[position] = done.vectors[at] ?? zeros();
        }
      }
      return vectors;
    },
    usage: requests.usage,
    dollarsPerMillionTokens: limits.dollarsPerMillionTokens,
  };
}

type PlannedRequest = { readonly positions: readonly number[]; readonly tokens: number };

/** Texts in their order, each request as full as it may be. */
export function planRequests(
  texts: readonly string[],
  counts: readonly number[],
  { textsMax, tokensMax }: Pick<BatchLimits, 'textsMax' | 'tokensMax'>,
): readonly PlannedRequest[] {
  const requests: { positions: number[]; tokens: number }[] = [];
  let open: { positions: number[]; tokens: number } | null = null;
  for (const [position, text] of texts.entries()) {
    if (text.trim() === '') continue;
    const tokens = counts[position] ?? 0;
    if (open === null || open.positions.length >= textsMax || open.tokens + tokens > tokensMax) {
      open = { positions: [], tokens: 0 };
      requests.push(open);
    }
    open.positions.push(position);
    open.tokens += tokens;
  }
  return requests;
}

const otherModel = (spec: EmbedderSpec, answer: { readonly model: string }): AppError =>
  new AppError(
    'embedding_space_mismatch',
    `openai:${spec.model} answered as ${answer.model}, and as ${spec.revision} before: its vectors ` +
      'are of another space. Build the next view version with it.',
  );
