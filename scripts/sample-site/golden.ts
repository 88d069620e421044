import { z } from 'zod';
import { AppError } from '#domain/errors.ts';
import { compare } from './blog.ts';
import { singleSpaced } from './parsed-html.ts';

const QUESTIONS_MAX = 10_000;

const id = z.string().regex(/^[a-z]\d+$/);
const question = z.string().min(1);
const path = z.string().regex(/^\/posts\/[a-z0-9-]+\/$/);
const answer = z.string().min(1);
const goldenQuestion = z.discriminatedUnion('kind', [
  z.strictObject({ id, kind: z.literal('fact'), question, relevant: z.tuple([path]), answer }),
  z.strictObject({
    id,
    kind: z.literal('paraphrase'),
    question,
    relevant: z.tuple([path]),
    answer,
  }),
  z.strictObject({
    id,
    kind: z.literal('two-post'),
    question,
    relevant: z.tuple([path, path]).refine(([a, b]) => a !== b, 'names one post twice'),
    answer,
  }),
  z.strictObject({
    id,
    kind: z.literal('unanswerable'),
    question,
    relevant: z.tuple([]),
    answer: z.null(),
  }),
]);

export type GoldenQuestion = z.infer<typeof goldenQuestion>;
export const GOLDEN_KINDS = ['fact', 'paraphrase', 'two-post', 'unanswerable'] as const;

/**
 * The golden questions of all files, by id, as JSON lines. `plainTexts` holds what one reads on
 * each post's page. Throws `malformed`, naming the line, when a question's shape is wrong, its post
 * does not exist or its answer is not there word for word; and when two questions share an id, or a
 * kind has none.
 */
export function goldenLines(
  files: ReadonlyMap<string, string>,
  plainTexts: ReadonlyMap<string, string>,
): string {
  const questions = [...files].flatMap(([name, text]) =>
    text.split('\n').flatMap((line, at) => {
      return line.trim() === '' ? [] : [parseQuestion(`${name}:${at + 1}`, line, plainTexts)];
    }),
  );
  if (questions.length > QUESTIONS_MAX) {
    throw malformed('the question files', `hold more than ${QUESTIONS_MAX} questions`);
  }
  const sorted = questions.toSorted((a, b) => compare(a.id, b.id));
  for (const [at, { id }] of sorted.entries()) {
    if (sorted[at + 1]?.id === id) throw malformed(id, 'is the id of two questions');
  }
  for (const kind of GOLDEN_KINDS) {
    if (!sorted.some((one) => one.kind === kind)) throw malformed(kind, 'has no question');
  }
  return sorted.map((one) => `${JSON.stringify(one)}\n`).join('');
}

function parseQuestion(
  place: string,
  line: string,
  plainTexts: ReadonlyMap<string, string>,
): GoldenQuestion {
  const parsed = goldenQuestion.safeParse(jsonOf(line));
  if (!parsed.success) throw malformed(place, z.prettifyError(parsed.error));
  const { id, kind, question, relevant, answer } = parsed.data;
  for (const post of relevant) {
    const text = plainTexts.get(post);
    if (text === undefined) throw malformed(place, `${id} names ${post}, which is no post`);
    if (kind === 'two-post' || answer === null) continue;
    if (!text.includes(singleSpaced(answer))) {
      throw malformed(place, `the answer of ${id}, "${answer}", does not stand in ${post}`);
    }
  }
  // Written anew, so that the order of the keys is always the same.
  return { id, kind, question, relevant, answer } as GoldenQuestion;
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // The schema refuses undefined, so that a syntax error is reported with its line.
    return undefined;
  }
}

const malformed = (place: string, why: string): AppError =>
  new AppError('malformed', `${place}: ${why}`);
