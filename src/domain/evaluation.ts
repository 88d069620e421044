export const QUESTION_KINDS = ['fact', 'paraphrase', 'two-post', 'unanswerable'] as const;
export type QuestionKind = (typeof QUESTION_KINDS)[number];

/** A question with its relevant documents and, where there is one, its answer. */
export type GoldenQuestion = {
  readonly id: string;
  readonly kind: QuestionKind;
  readonly question: string;
  /** Absolute URLs of the relevant documents; empty for an unanswerable one. */
  readonly relevant: readonly string[];
  readonly answer: string | null;
};

/** What one question got. Ranks count documents, each by its best chunk. */
export type QuestionResult = {
  readonly questionId: string;
  readonly kind: QuestionKind;
  /** URLs of the documents, best first, with the score of each. */
  readonly ranking: readonly { readonly url: string; readonly score: number }[];
  readonly recallAt5: number | null;
  readonly reciprocalRankAt10: number | null;
  readonly ndcgAt10: number | null;
  /** Share of citations that stand on a relevant document; `null` when nothing is cited. */
  readonly citationPrecision: number | null;
  readonly answered: boolean;
  /** The golden answer occurs in the answer's text; `null` when there is none to compare. */
  readonly answerFound: boolean | null;
  readonly answerId: string | null;
  /** A failed question counts as failed, never as missing. */
  readonly error: string | null;
};

/** Means over questions; unanswerable ones count in `refusedUnanswerable` alone. */
export type EvaluationMetrics = {
  readonly questions: number;
  readonly failed: number;
  readonly recallAt5: number;
  readonly mrrAt10: number;
  readonly ndcgAt10: number;
  readonly citationPrecision: number;
  /** Share of answerable questions that were answered. */
  readonly shareAnswered: number;
  /** Share of fact and paraphrase answers that hold the golden answer's words. */
  readonly answerFound: number;
  /** Share of unanswerable questions that were refused. */
  readonly refusedUnanswerable: number;
};

export type Evaluation = {
  readonly id: string;
  readonly pairingId: string;
  readonly viewId: string;
  readonly epoch: number;
  /** SHA-256 of the golden questions as asked. */
  readonly goldenHash: string;
  readonly metrics: EvaluationMetrics;
  readonly results: readonly QuestionResult[];
  readonly at: string;
};
