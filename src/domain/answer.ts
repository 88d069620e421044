import type { ChunkFrame } from './chunk.ts';
import type { FusionKind, ScoreRange } from './fusion.ts';
import type { MmrStep } from './mmr.ts';
import type { QuestionFilter } from './question-filter.ts';

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
  /** Which posts may answer; all of them when there is none. */
  readonly filter?: QuestionFilter | null;
};

/** A retrieved chunk, or the section that it was widened to, with its scores. */
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
  /** Lines that a model reads around the text, of a block that was cut; absent for none. */
  readonly frame?: ChunkFrame;
  /** Fused score, 0–1. */
  readonly score: number;
  readonly denseRank: number | null;
  readonly sparseRank: number | null;
  /** Raw scores of the two rankings: cosine, and BM25. */
  readonly denseScore: number | null;
  readonly sparseScore: number | null;
  /** Absent in answers that were recorded before it was kept. */
  readonly explanation?: HitExplanation;
};

/** How a hit came by its score, its place and its span. */
export type HitExplanation = {
  /** Place in the fused order, from 1. */
  readonly fusedRank: number;
  /** What each ranking gave to the score, weighted; the two add up to it. */
  readonly densePart: number;
  readonly sparsePart: number;
  /** The choice by maximal marginal relevance, counted from 1; `null` when none was made. */
  readonly mmr: (Omit<MmrStep, 'id'> & { readonly position: number }) | null;
  /** What was widened to a section, and whose texts that holds; `null` for a chunk as it was found. */
  readonly widened: {
    readonly revisionId: string;
    readonly start: number;
    readonly end: number;
    readonly pointIds: readonly string[];
  } | null;
};

/** How hits were found: with the hits' own scores, enough to work every number out again. */
export type RetrievalExplanation = {
  /** The text that was searched for: the question, after the turns that it leans on. */
  readonly searchedFor: string;
  readonly fusion: FusionKind;
  readonly denseWeight: number;
  /** `null` when the fusion has no such constant. */
  readonly rrfK: number | null;
  /** Points asked of each ranking; more than the pairing says when grouping fell short with those. */
  readonly candidates: number;
  /** Raw scores of each ranking; `null` when it was not asked. */
  readonly dense: ScoreRange | null;
  readonly sparse: ScoreRange | null;
  /** Scores after fusion; relevance is scaled to 0–1 by them. */
  readonly fused: ScoreRange;
  readonly hitsPerDocumentMax: number | null;
  readonly mmrLambda: number | null;
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
  /** Which posts could answer, in its canonical form; absent: all. */
  readonly filter?: QuestionFilter;
};

export type FinishReason = 'stop' | 'length' | 'content_filter';

type AnswerCommon = {
  readonly provenance: Provenance;
  readonly hits: readonly Hit[];
  readonly usage: TokenUsage;
  readonly text: string;
  readonly finishReason: FinishReason;
  /** Absent in answers that were recorded before it was kept. */
  readonly explanation?: RetrievalExplanation;
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
