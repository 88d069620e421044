import type { Answer, AnswerEvent, Hit, Question, RetrievalExplanation } from '../domain/answer.ts';

/** What retrieval alone is asked. */
export type SearchedQuestion = Question & {
  /** Most hits of one document, in place of what the pairing says. */
  readonly hitsPerDocumentMax?: number | null;
};

/** Questions to answers: what HTTP, the CLI and evaluation all call. */
export interface Answerer {
  /** Rejects with `unknown_channel`, `not_found`, `embedding_space_mismatch` or a model's errors. */
  answer(question: Question, signal: AbortSignal): Promise<Answer>;
  /** The same, as it is generated. The events' texts joined are the answer's text. */
  stream(question: Question, signal: AbortSignal): AsyncIterable<AnswerEvent>;
  /**
   * Retrieval alone: at most `limit` hits, best first, as chunks. Rejects with `invalid_input` for a
   * limit or a filter that is none.
   */
  search(
    question: SearchedQuestion,
    limit: number,
    signal: AbortSignal,
  ): Promise<{
    readonly hits: readonly Hit[];
    readonly pairingId: string;
    readonly viewId: string;
    readonly epoch: number;
    readonly explanation?: RetrievalExplanation;
  }>;
}
