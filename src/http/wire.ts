import { z } from 'zod';
import type { Answer, Citation, Provenance } from '#domain/answer.ts';
import type { QuestionFilter } from '#domain/question-filter.ts';
import type { Clock } from '#ports/system.ts';
import { hitSchema, retrievalSchema, wireHit, wireRetrieval } from './retrieval-wire.ts';

/** A channel's name or a pairing's id, as OpenAI's clients send it. */
export const modelField = z
  .string({ error: 'name a channel, like production, or a pairing id.' })
  .min(1, 'name a channel, like production, or a pairing id.')
  .max(200)
  .describe('a channel, like production, or a pairing id');

export const epochField = z
  .int({ error: 'give a whole number from 1.' })
  .min(1, 'give a whole number from 1.')
  .describe("an epoch of the pairing's view; left out, the newest published one");

export const citationSchema = z.strictObject({
  number: z.int(),
  start: z.int().describe("offset into the answer's text, in UTF-16 units"),
  end: z.int(),
  point_id: z.string(),
  document_id: z.string(),
  url: z.string(),
  title: z.string(),
  verbatim: z.boolean().describe('the cited words occur in the chunk as they stand'),
});

export const annotationSchema = z.strictObject({
  type: z.literal('url_citation'),
  url_citation: z.strictObject({
    start_index: z.int(),
    end_index: z.int(),
    url: z.string(),
    title: z.string(),
  }),
});

export const usageSchema = z.strictObject({
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  total_tokens: z.int(),
});

/** A filter in its canonical form. */
export const filterSchema = z
  .strictObject({
    tags: z.array(z.string()).optional(),
    languages: z.array(z.string()).optional(),
    sources: z.array(z.string()).optional(),
    since: z.string().optional(),
    until: z.string().optional(),
  })
  .nullable()
  .describe('which posts could answer; null for all');

/** Everything about an answer that OpenAI's format has no place for. */
export const lockstepSchema = z.strictObject({
  answer_id: z.string(),
  kind: z.enum(['answered', 'no_context']).describe('no_context: the posts do not answer'),
  pairing: z.string(),
  channel: z.string().nullable(),
  view: z.string(),
  epoch: z.int(),
  prompt: z.string(),
  model: z.string(),
  responded_by: z.string().describe('what the provider says answered'),
  citations: z.array(citationSchema),
  hits: z.array(hitSchema).describe('the passages that the model read, best first'),
  filter: filterSchema,
  retrieval: retrievalSchema,
});

const wireCitation = (citation: Citation): z.infer<typeof citationSchema> => ({
  number: citation.number,
  start: citation.start,
  end: citation.end,
  point_id: citation.pointId,
  document_id: citation.documentId,
  url: citation.url,
  title: citation.title,
  verbatim: citation.verbatim,
});

const citationsOf = (answer: Answer): readonly Citation[] =>
  answer.kind === 'answered' ? answer.citations : [];

export const wireAnnotations = (answer: Answer): z.infer<typeof annotationSchema>[] =>
  citationsOf(answer).map(({ start, end, url, title }) => ({
    type: 'url_citation',
    url_citation: { start_index: start, end_index: end, url, title },
  }));

export const wireUsage = ({ usage }: Pick<Answer, 'usage'>): z.infer<typeof usageSchema> => ({
  prompt_tokens: usage.promptTokens,
  completion_tokens: usage.completionTokens,
  total_tokens: usage.promptTokens + usage.completionTokens,
});

export const wireLockstep = (answer: Answer): z.infer<typeof lockstepSchema> => ({
  ...wireProvenance(answer.provenance),
  kind: answer.kind,
  citations: citationsOf(answer).map(wireCitation),
  hits: answer.hits.map(wireHit),
  filter: wireFilter(answer.provenance.filter ?? null),
  retrieval: wireRetrieval(answer.explanation),
});

const wireFilter = (filter: QuestionFilter | null): z.infer<typeof filterSchema> =>
  filter && {
    ...(filter.tags === undefined ? {} : { tags: [...filter.tags] }),
    ...(filter.languages === undefined ? {} : { languages: [...filter.languages] }),
    ...(filter.sources === undefined ? {} : { sources: [...filter.sources] }),
    ...(filter.since === undefined ? {} : { since: filter.since }),
    ...(filter.until === undefined ? {} : { until: filter.until }),
  };

const wireProvenance = (provenance: Provenance) => ({
  answer_id: provenance.answerId,
  pairing: provenance.pairingId,
  channel: provenance.channel,
  view: provenance.viewId,
  epoch: provenance.epoch,
  prompt: provenance.promptId,
  model: provenance.modelId,
  responded_by: provenance.respondedBy,
});

const COMPLETION_PREFIX = 'chatcmpl-';

export const completionId = (answerId: string): string => `${COMPLETION_PREFIX}${answerId}`;

/** The answer's id of a completion's id, or of an answer's. */
export const answerIdOf = (id: string): string =>
  id.startsWith(COMPLETION_PREFIX) ? id.slice(COMPLETION_PREFIX.length) : id;

/**
 * The current Unix second. A clock gives text, and to make and read it costs as much as checking a
 * request; so it is asked once a second.
 */
export function createSeconds(clock: Pick<Clock, 'now' | 'monotonicMs'>): () => number {
  let seconds = 0;
  let untilMs = Number.NEGATIVE_INFINITY;
  return () => {
    const nowMs = clock.monotonicMs();
    if (nowMs >= untilMs) {
      const at = Date.parse(clock.now());
      seconds = Math.floor(at / 1_000);
      untilMs = nowMs + 1_000 - (at % 1_000);
    }
    return seconds;
  };
}

/** Unix seconds of an instant in ISO 8601, as OpenAI dates things. */
export const unixSeconds = (at: string): number => Math.floor(Date.parse(at) / 1_000);
