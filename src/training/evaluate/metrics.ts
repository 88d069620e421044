import {
  type Evaluation,
  type EvaluationMetrics,
  QUESTION_KINDS,
  type QuestionKind,
  type QuestionResult,
} from '#domain/evaluation.ts';

/** Means of a set of results; `null` over no questions. */
export type Means = {
  readonly [Name in keyof EvaluationMetrics]: Name extends 'questions' | 'failed'
    ? number
    : number | null;
};

/**
 * Means over questions. A failed question counts 0 in each that it has a part in: an unanswerable
 * one that failed was not refused. The citation precision is a mean over the answerable questions
 * that were answered or failed; an answer without citations counts 0, a refusal does not count.
 */
export function meansOf(results: readonly QuestionResult[]): Means {
  const answerable = results.filter(({ kind }) => kind !== 'unanswerable');
  const unanswerable = results.filter(({ kind }) => kind === 'unanswerable');
  const compared = answerable.filter(
    ({ kind, answerFound }) => kind !== 'two-post' && answerFound !== null,
  );
  const cited = answerable.filter(({ answered, error }) => answered || error !== null);
  return {
    questions: results.length,
    failed: results.filter(({ error }) => error !== null).length,
    recallAt5: mean(answerable, ({ recallAt5 }) => recallAt5 ?? 0),
    mrrAt10: mean(answerable, ({ reciprocalRankAt10 }) => reciprocalRankAt10 ?? 0),
    ndcgAt10: mean(answerable, ({ ndcgAt10 }) => ndcgAt10 ?? 0),
    citationPrecision: mean(cited, ({ citationPrecision }) => citationPrecision ?? 0),
    shareAnswered: mean(answerable, ({ answered }) => Number(answered)),
    answerFound: mean(compared, ({ answerFound }) => Number(answerFound)),
    refusedUnanswerable: mean(unanswerable, ({ answered, error }) =>
      Number(!answered && error === null),
    ),
  };
}

/** Means as they are stored: a mean over no questions is 0 there. */
export function metricsOf(results: readonly QuestionResult[]): EvaluationMetrics {
  const means = meansOf(results);
  return {
    ...means,
    recallAt5: means.recallAt5 ?? 0,
    mrrAt10: means.mrrAt10 ?? 0,
    ndcgAt10: means.ndcgAt10 ?? 0,
    citationPrecision: means.citationPrecision ?? 0,
    shareAnswered: means.shareAnswered ?? 0,
    answerFound: means.answerFound ?? 0,
    refusedUnanswerable: means.refusedUnanswerable ?? 0,
  };
}

/** The same means for each kind of question that was asked, in the order of the kinds. */
export function metricsByKind(
  evaluation: Pick<Evaluation, 'results'>,
): readonly { readonly kind: QuestionKind; readonly metrics: Means }[] {
  return QUESTION_KINDS.map((kind) => ({
    kind,
    metrics: meansOf(evaluation.results.filter((result) => result.kind === kind)),
  })).filter(({ metrics }) => metrics.questions > 0);
}

function mean(
  results: readonly QuestionResult[],
  value: (result: QuestionResult) => number,
): number | null {
  if (results.length === 0) return null;
  return results.reduce((sum, result) => sum + value(result), 0) / results.length;
}
