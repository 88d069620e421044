import type { Answer, Hit, Question } from '#domain/answer.ts';
import { AppError, toAppError } from '#domain/errors.ts';
import type { GoldenQuestion, QuestionResult } from '#domain/evaluation.ts';
import { compareScored } from '#domain/fusion.ts';
import { ndcgAt, rankingOf, recallAt, reciprocalRankAt } from '#domain/ranking-metrics.ts';
import type { Answerer } from '#ports/answerer.ts';
import { holdsAnswer } from './answer-words.ts';

/** Documents of a ranking that count. */
const DOCUMENTS = 10;
/** Chunks asked for at first, and at most, until that many documents are among them. */
const CHUNKS_MIN = 50;
const CHUNKS_MAX = 800;

export type Asked = { readonly pairingId: string; readonly viewId: string; readonly epoch: number };

type Ranking = QuestionResult['ranking'];

/** Asks one golden question. A failure becomes a failed result; a cancellation is thrown. */
export async function askQuestion(
  answerer: Answerer,
  golden: GoldenQuestion,
  of: Asked,
  signal: AbortSignal,
): Promise<QuestionResult> {
  const { pairingId: target, epoch } = of;
  const question: Question = { text: golden.question, history: [], target, epoch };
  try {
    signal.throwIfAborted();
    const ranking = await rankDocuments(answerer, question, of, signal);
    const answer = await answerer.answer(question, signal);
    requireAsked(answer.provenance, of);
    return resultOf(golden, ranking, answer);
  } catch (thrown) {
    signal.throwIfAborted();
    return failedResult(golden, toAppError(thrown));
  }
}

/** Documents by their best chunk, at most ten, in the order of trec_eval. */
async function rankDocuments(
  answerer: Answerer,
  question: Question,
  of: Asked,
  signal: AbortSignal,
): Promise<Ranking> {
  for (let limit = CHUNKS_MIN; ; limit *= 2) {
    const found = await answerer.search(question, limit, signal);
    requireAsked(found, of);
    const ranking = byDocument(found.hits);
    const complete = ranking.length >= DOCUMENTS || found.hits.length < limit;
    if (complete || limit >= CHUNKS_MAX) return ranking.slice(0, DOCUMENTS);
  }
}

/** Hits that were reordered for their variety come in that order, and not in that of their scores. */
export function byDocument(hits: readonly Pick<Hit, 'url' | 'score' | 'explanation'>[]): Ranking {
  if (hits.some(({ explanation }) => explanation?.mmr)) {
    const urls = [...new Set(hits.map(({ url }) => url))];
    return urls.map((url, at) => ({ url, score: urls.length - at }));
  }
  const best = new Map<string, number>();
  for (const { url, score } of hits) best.set(url, Math.max(score, best.get(url) ?? score));
  const scored = [...best].map(([id, score]) => ({ id, score }));
  return scored.sort(compareScored).map(({ id, score }) => ({ url: id, score }));
}

function requireAsked(actual: Asked, of: Asked): void {
  if (
    actual.pairingId === of.pairingId &&
    actual.viewId === of.viewId &&
    actual.epoch === of.epoch
  ) {
    return;
  }
  throw new AppError(
    'internal',
    `asked ${of.pairingId} at ${of.viewId}#${of.epoch}, but ${actual.pairingId} at ` +
      `${actual.viewId}#${actual.epoch} answered.`,
  );
}

function resultOf(golden: GoldenQuestion, ranking: Ranking, answer: Answer): QuestionResult {
  const relevant = new Map(golden.relevant.map((url) => [url, 1]));
  const order = rankingOf(ranking.map(({ url, score }) => ({ id: url, score })));
  const answerable = golden.kind !== 'unanswerable';
  const citations = answer.kind === 'answered' ? answer.citations : [];
  const right = citations.filter(({ url }) => relevant.has(url)).length;
  const answered = answer.kind === 'answered';
  return {
    questionId: golden.id,
    kind: golden.kind,
    ranking,
    recallAt5: answerable ? recallAt(5, order, relevant) : null,
    reciprocalRankAt10: answerable ? reciprocalRankAt(DOCUMENTS, order, relevant) : null,
    ndcgAt10: answerable ? ndcgAt(DOCUMENTS, order, relevant) : null,
    citationPrecision: answerable && citations.length > 0 ? right / citations.length : null,
    answered,
    answerFound:
      golden.answer === null ? null : answered && holdsAnswer(answer.text, golden.answer),
    answerId: answer.provenance.answerId,
    error: null,
  };
}

function failedResult(golden: GoldenQuestion, error: AppError): QuestionResult {
  const nothing = golden.kind === 'unanswerable' ? null : 0;
  return {
    questionId: golden.id,
    kind: golden.kind,
    ranking: [],
    recallAt5: nothing,
    reciprocalRankAt10: nothing,
    ndcgAt10: nothing,
    citationPrecision: null,
    answered: false,
    answerFound: golden.answer === null ? null : false,
    answerId: null,
    error: `${error.code}: ${error.message}`,
  };
}
