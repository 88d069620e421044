import type { Answer, AnswerEvent, Hit, Question } from '../domain/answer.ts';

/** Questions to answers: what HTTP, the CLI and evaluation all call. */
export interface Answerer {
  /** Rejects with `unknown_channel`, `not_found`, `embedding_space_mismatch` or a model's errors. */
  answer(question: Question, signal: AbortSignal): Promise<Answer>;
  /** The same, as it is generated. The events' texts joined are the answer's text. */
  stream(question: Question, signal: AbortSignal): AsyncIterable<AnswerEvent>;
  /** Retrieval alone: at most `limit` hits, best first. */
  search(
    question: Question,
    limit: number,
    signal: AbortSignal,
  ): Promise<{
    readonly hits: readonly Hit[];
    readonly pairingId: string;
    readonly viewId: string;
    readonly epoch: number;
  }>;
}
