import type { Answer, AnswerRecord } from '#domain/answer.ts';
import type { InferenceDependencies } from './dependencies.ts';

/**
 * Keeps an answer before it is given as ended: an answer that cannot be explained later is none, so
 * one that cannot be recorded fails with the registry's error.
 */
export async function record(
  deps: Pick<InferenceDependencies, 'answers' | 'clock' | 'log'>,
  entry: { readonly question: string; readonly answer: Answer; readonly startedMs: number },
): Promise<AnswerRecord> {
  const { answer } = entry;
  const { provenance, usage } = answer;
  const kept: AnswerRecord = {
    id: provenance.answerId,
    question: entry.question,
    answer,
    at: deps.clock.now(),
    durationMs: Math.round(deps.clock.monotonicMs() - entry.startedMs),
  };
  await deps.answers.record(kept);
  deps.log.info('question answered', {
    answerId: kept.id,
    kind: answer.kind,
    channel: provenance.channel,
    pairingId: provenance.pairingId,
    epoch: provenance.epoch,
    respondedBy: provenance.respondedBy,
    hits: answer.hits.length,
    promptTokens: usage.promptTokens,
    completionTokens: usage.completionTokens,
    durationMs: kept.durationMs,
  });
  return kept;
}
