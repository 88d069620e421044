/** A turn of a conversation as a chat model takes it. */
export type ChatMessage = {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
};

/** What is asked, of which pairing. */
export type Question = {
  readonly text: string;
  /** Earlier turns, oldest first; without the question itself. */
  readonly history: readonly ChatMessage[];
  /** A channel's name or a pairing's id. */
  readonly target: string;
  /** An older epoch of the pairing's view; `null` asks the published one. */
  readonly epoch: number | null;
};

/** A retrieved chunk, with its scores. */
export type Hit = {
  readonly pointId: string;
  readonly documentId: string;
  readonly revisionId: string;
  readonly url: string;
  readonly title: string;
  readonly headingPath: readonly string[];
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly tokens: number;
  /** Fused score, 0–1. */
  readonly score: number;
  readonly denseRank: number | null;
  readonly sparseRank: number | null;
  /** Raw scores of the two rankings: cosine, and BM25. */
  readonly denseScore: number | null;
  readonly sparseScore: number | null;
};

/** A claim of an answer and the chunk it stands on. Offsets are UTF-16 units of the answer's text. */
export type Citation = {
  /** Number printed in the answer, `[2]`. */
  readonly number: number;
  readonly start: number;
  readonly end: number;
  readonly pointId: string;
  readonly documentId: string;
  readonly url: string;
  readonly title: string;
  /** True when the cited words occur in the chunk as they stand. */
  readonly verbatim: boolean;
};

export type TokenUsage = { readonly promptTokens: number; readonly completionTokens: number };

/** Where an answer comes from: enough to explain it and to ask again. */
export type Provenance = {
  readonly answerId: string;
  readonly pairingId: string;
  readonly channel: string | null;
  readonly viewId: string;
  readonly epoch: number;
  readonly promptId: string;
  readonly modelId: string;
  /** The model that the provider says answered. */
  readonly respondedBy: string;
};

export type FinishReason = 'stop' | 'length' | 'content_filter';

type AnswerCommon = {
  readonly provenance: Provenance;
  readonly hits: readonly Hit[];
  readonly usage: TokenUsage;
  readonly text: string;
  readonly finishReason: FinishReason;
};

/** `no_context` carries a text that says plainly that the posts do not answer the question. */
export type Answer =
  | (AnswerCommon & { readonly kind: 'answered'; readonly citations: readonly Citation[] })
  | (AnswerCommon & { readonly kind: 'no_context' });

/** A streamed answer: `started` once, `text` any number of times, `ended` once. */
export type AnswerEvent =
  | { readonly kind: 'started'; readonly provenance: Provenance }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'ended'; readonly answer: Answer };

/** What is kept of every answer. */
export type AnswerRecord = {
  readonly id: string;
  readonly question: string;
  readonly answer: Answer;
  readonly at: string;
  readonly durationMs: number;
};

export type Feedback = {
  readonly answerId: string;
  readonly rating: 'up' | 'down';
  readonly comment: string;
  readonly at: string;
};

/** A key that may call the service. Only its hash is kept. */
export type ApiKey = {
  readonly id: string;
  readonly name: string;
  readonly hash: string;
  readonly createdAt: string;
  readonly revokedAt: string | null;
};
