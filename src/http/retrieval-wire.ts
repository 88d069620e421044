import { z } from 'zod';
import type { Hit, RetrievalExplanation } from '#domain/answer.ts';
import { FUSION_KINDS, type ScoreRange } from '#domain/fusion.ts';
import {
  FILTER_VALUE_LENGTH_MAX,
  FILTER_VALUES_MAX,
  type QuestionFilter,
} from '#domain/question-filter.ts';

const filterValue = z
  .string({ error: 'give a text, or a list of texts.' })
  .min(1, 'a blank value filters nothing; leave it out.')
  .max(FILTER_VALUE_LENGTH_MAX);

const filterValues = (what: string) =>
  z
    .union(
      [
        filterValue,
        z
          .array(filterValue)
          .min(1, 'is empty; give a value, or leave it out.')
          .max(FILTER_VALUES_MAX, `give at most ${FILTER_VALUES_MAX} values.`),
      ],
      { error: `give a text, or a list of 1 to ${FILTER_VALUES_MAX} texts.` },
    )
    .optional()
    .describe(what);

const instant = (what: string) =>
  z
    .string({ error: 'give a date, like 2026-01-31.' })
    .max(FILTER_VALUE_LENGTH_MAX)
    .optional()
    .describe(what);

/** Which posts a question may be answered from; a post must meet every field. */
export const filterField = z
  .strictObject({
    tags: filterValues('a post has all of these'),
    languages: filterValues('a post is in one of these, like en'),
    sources: filterValues('a post is of one of these sources, by their names'),
    since: instant('published then or later: an ISO 8601 date or instant, UTC without a zone'),
    until: instant('published then or earlier; a bare date counts to its end'),
  })
  .describe('which posts may answer: those that meet every field');

/** A filter as it was sent, for the answerer to check. */
export function filterOf(sent: z.infer<typeof filterField> | undefined): QuestionFilter | null {
  if (sent === undefined) return null;
  const { tags, languages, sources, since, until } = sent;
  return {
    ...(tags === undefined ? {} : { tags: [tags].flat() }),
    ...(languages === undefined ? {} : { languages: [languages].flat() }),
    ...(sources === undefined ? {} : { sources: [sources].flat() }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
}

/** Where the answerer's refusals of a filter are found in a request. */
export const filterParams = (prefix: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.keys(filterField.shape).map((name) => [`filter.${name}`, `${prefix}filter.${name}`]),
  );

export const hitSchema = z.strictObject({
  number: z.int().describe('rank from 1; the number that `[n]` in the text refers to'),
  point_id: z.string(),
  document_id: z.string(),
  revision_id: z.string(),
  url: z.string(),
  title: z.string(),
  heading_path: z.array(z.string()),
  text: z.string(),
  start: z.int().describe("offset into the revision's Markdown, in UTF-16 units"),
  end: z.int(),
  tokens: z.int(),
  score: z.number().describe('fused, 0 to 1'),
  dense_rank: z.int().nullable(),
  sparse_rank: z.int().nullable(),
  dense_score: z.number().nullable().describe('cosine'),
  sparse_score: z.number().nullable().describe('BM25'),
  dense_part: z.number().nullable().describe('what the dense ranking gave to the score, weighted'),
  sparse_part: z.number().nullable().describe('the same of the sparse ranking; they add up to it'),
  fused_rank: z.int().nullable().describe('place in the fused order, from 1'),
  mmr: z
    .strictObject({
      position: z.int(),
      relevance: z.number().describe('the score, scaled to 0–1 by the least and the greatest'),
      similarity: z.number().describe('cosine with the most similar hit that was chosen before'),
      score: z.number(),
    })
    .nullable()
    .describe('the choice by maximal marginal relevance; null when none was made'),
  widened: z
    .strictObject({
      revision_id: z.string(),
      start: z.int(),
      end: z.int(),
      point_ids: z.array(z.string()).describe('chunks that the text holds, in order'),
    })
    .nullable()
    .describe('the chunk that was found, when the text is the section around it'),
});

const rangeSchema = z.strictObject({ points: z.int(), least: z.number(), greatest: z.number() });

/** How hits were found; `null` for answers that were recorded before it was kept. */
export const retrievalSchema = z
  .strictObject({
    searched_for: z.string().describe('the question, after the turns that it leans on'),
    fusion: z.enum(FUSION_KINDS),
    dense_weight: z.number(),
    rrf_k: z.int().nullable(),
    candidates: z.int().describe('points asked of each ranking'),
    dense: rangeSchema.nullable().describe('raw scores of the ranking; null when not asked'),
    sparse: rangeSchema.nullable(),
    fused: rangeSchema,
    hits_per_document: z.int().nullable(),
    mmr_lambda: z.number().nullable(),
  })
  .nullable()
  .describe('with the hits’ own scores, enough to work every number out again');

export function wireHit(hit: Hit, index: number): z.infer<typeof hitSchema> {
  const { densePart = null, sparsePart = null, fusedRank = null } = hit.explanation ?? {};
  const { mmr = null, widened = null } = hit.explanation ?? {};
  return {
    number: index + 1,
    point_id: hit.pointId,
    document_id: hit.documentId,
    revision_id: hit.revisionId,
    url: hit.url,
    title: hit.title,
    heading_path: [...hit.headingPath],
    text: hit.text,
    start: hit.start,
    end: hit.end,
    tokens: hit.tokens,
    score: hit.score,
    dense_rank: hit.denseRank,
    sparse_rank: hit.sparseRank,
    dense_score: hit.denseScore,
    sparse_score: hit.sparseScore,
    dense_part: densePart,
    sparse_part: sparsePart,
    fused_rank: fusedRank,
    mmr: mmr && {
      position: mmr.position,
      relevance: mmr.relevance,
      similarity: mmr.similarity,
      score: mmr.score,
    },
    widened: widened && {
      revision_id: widened.revisionId,
      start: widened.start,
      end: widened.end,
      point_ids: [...widened.pointIds],
    },
  };
}

export const wireRetrieval = (
  explanation: RetrievalExplanation | undefined,
): z.infer<typeof retrievalSchema> =>
  explanation === undefined
    ? null
    : {
        searched_for: explanation.searchedFor,
        fusion: explanation.fusion,
        dense_weight: explanation.denseWeight,
        rrf_k: explanation.rrfK,
        candidates: explanation.candidates,
        dense: explanation.dense && wireRange(explanation.dense),
        sparse: explanation.sparse && wireRange(explanation.sparse),
        fused: wireRange(explanation.fused),
        hits_per_document: explanation.hitsPerDocumentMax,
        mmr_lambda: explanation.mmrLambda,
      };

const wireRange = ({ points, least, greatest }: ScoreRange) => ({ points, least, greatest });
