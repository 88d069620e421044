import type { Question } from '#domain/answer.ts';
import { AppError } from '#domain/errors.ts';
import { canonicalFilter, type QuestionFilter } from '#domain/question-filter.ts';
import type { IndexFilter } from '#ports/feature-index.ts';
import type { InferenceDependencies } from './dependencies.ts';
import { indexFilterOf } from './index-filter.ts';
import { resolveEpoch, resolveServing, type Serving } from './resolve.ts';
import { rewrite } from './rewrite.ts';

/** What is decided at a question's entry and holds to its end. */
export type Entered = {
  readonly serving: Serving;
  readonly epoch: number;
  /** What is searched for. */
  readonly text: string;
  /** As it is recorded; `null` filters nothing. */
  readonly asked: QuestionFilter | null;
  readonly filter: IndexFilter;
};

/** Rejects with `invalid_input` for an empty question or a filter that is none. */
export async function enter(
  deps: InferenceDependencies,
  question: Question,
  signal: AbortSignal,
): Promise<Entered> {
  signal.throwIfAborted();
  if (question.text.trim() === '') {
    throw new AppError('invalid_input', 'the question is empty; ask something.', {
      param: 'question',
    });
  }
  const asked = canonicalFilter(question.filter ?? {});
  const filter = asked === null ? {} : indexFilterOf(asked);
  const serving = await resolveServing(deps, question.target, signal);
  const { spec, countTokens } = serving.embedder;
  const fits = (text: string) => countTokens(spec.queryPrefix + text) <= spec.tokensMax;
  return {
    serving,
    epoch: resolveEpoch(serving.view, question.epoch),
    text: rewrite(question, fits),
    asked,
    filter,
  };
}
