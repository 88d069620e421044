import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { QuestionResult } from '#domain/evaluation.ts';
import { meansOf, metricsByKind, metricsOf } from '#training/evaluate/metrics.ts';

const result = (rest: Partial<QuestionResult> = {}): QuestionResult => ({
  questionId: 'q',
  kind: 'fact',
  ranking: [],
  recallAt5: 1,
  reciprocalRankAt10: 1,
  ndcgAt10: 1,
  citationPrecision: 1,
  answered: true,
  answerFound: true,
  answerId: 'a',
  error: null,
  ...rest,
});
const refused: Partial<QuestionResult> = {
  answered: false,
  citationPrecision: null,
  answerFound: false,
};
const failed: Partial<QuestionResult> = {
  ...refused,
  recallAt5: 0,
  reciprocalRankAt10: 0,
  ndcgAt10: 0,
  error: 'timeout: too late',
};
const unanswerable: Partial<QuestionResult> = {
  kind: 'unanswerable',
  recallAt5: null,
  reciprocalRankAt10: null,
  ndcgAt10: null,
  citationPrecision: null,
  answerFound: null,
};

describe('meansOf', () => {
  it('counts a failed question as 0 wherever it has a part', () => {
    expect(meansOf([result(), result(failed)])).toEqual({
      questions: 2,
      failed: 1,
      recallAt5: 0.5,
      mrrAt10: 0.5,
      ndcgAt10: 0.5,
      citationPrecision: 0.5,
      shareAnswered: 0.5,
      answerFound: 0.5,
      refusedUnanswerable: null,
    });
  });

  it('counts uncited answers 0 and refusals not at all in the citation precision', () => {
    const uncited = result({ citationPrecision: null });
    expect(meansOf([result(), uncited]).citationPrecision).toBe(0.5);
    expect(meansOf([result(), result(refused)]).citationPrecision).toBe(1);
    expect(meansOf([result(refused)]).citationPrecision).toBeNull();
  });

  it('counts unanswerable questions in their refusals alone', () => {
    const asked = [
      result(),
      result({ ...unanswerable, answered: false }),
      result({ ...unanswerable, answered: true }),
      result({ ...unanswerable, answered: false, error: 'timeout: too late' }),
    ];
    const { refusedUnanswerable, failed: failures, ...rest } = meansOf(asked);
    expect([refusedUnanswerable, failures]).toEqual([1 / 3, 1]);
    expect({ ...rest, questions: 1 }).toMatchObject({ recallAt5: 1, shareAnswered: 1 });
  });

  it('compares answers of facts and paraphrases alone', () => {
    const two = result({ kind: 'two-post', answerFound: false });
    const open = result({ answerFound: null });
    expect(meansOf([result({ kind: 'paraphrase' }), two, open]).answerFound).toBe(1);
  });

  it('stays between 0 and 1, and never improves by failing', () => {
    const kinds = fc.constantFrom('fact' as const, 'paraphrase' as const, 'two-post' as const);
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const any = fc
      .record({ kind: kinds, recallAt5: share, ndcgAt10: share, citationPrecision: share })
      .map((rest) => result(rest));
    fc.assert(
      fc.property(fc.array(any, { minLength: 1 }), (results) => {
        const before = metricsOf(results);
        const [first, ...others] = results;
        const after = metricsOf([result({ ...first, ...failed }), ...others]);
        for (const name of [
          'recallAt5',
          'ndcgAt10',
          'citationPrecision',
          'shareAnswered',
        ] as const) {
          expect(before[name]).toBeGreaterThanOrEqual(0);
          expect(before[name]).toBeLessThanOrEqual(1 + 1e-12);
          expect(after[name]).toBeLessThanOrEqual(before[name] + 1e-12);
        }
      }),
    );
  });
});

it('stores 0 for a mean over no questions', () => {
  expect(metricsOf([result()]).refusedUnanswerable).toBe(0);
});

it('gives the means of each kind that was asked', () => {
  const results = [result({ kind: 'two-post' }), result(failed), result(), result(unanswerable)];
  const byKind = metricsByKind({ results });
  expect(byKind.map(({ kind, metrics }) => [kind, metrics.questions, metrics.recallAt5])).toEqual([
    ['fact', 2, 0.5],
    ['two-post', 1, 1],
    ['unanswerable', 1, null],
  ]);
});
