import { z } from 'zod';
import { AppError } from '#domain/errors.ts';
import { type GoldenQuestion, QUESTION_KINDS } from '#domain/evaluation.ts';
import { hashOf } from '#domain/hash.ts';

const QUESTIONS_MAX = 100_000;

const goldenLine = z
  .strictObject({
    id: z.string().min(1),
    kind: z.enum(QUESTION_KINDS),
    question: z.string().trim().min(1),
    relevant: z.array(z.string().min(1)),
    answer: z.string().trim().min(1).nullable().default(null),
  })
  .superRefine(({ kind, relevant, answer }, context) => {
    const unanswerable = kind === 'unanswerable';
    if (unanswerable && (relevant.length > 0 || answer !== null)) {
      context.addIssue('an unanswerable question has neither relevant documents nor an answer');
    }
    if (!unanswerable && relevant.length === 0) {
      context.addIssue('an answerable question names its relevant documents');
    }
  });

/**
 * Golden questions from JSONL, one `{id, kind, question, relevant, answer}` a line; blank lines are
 * skipped. Paths in `relevant` are resolved against `origin`; without one only URLs may stand
 * there. Throws `invalid_input` naming every fault with its line.
 */
export function parseGolden(
  text: string,
  path: string,
  origin: string | null,
): readonly GoldenQuestion[] {
  if (origin !== null && !URL.canParse(origin)) {
    throw new AppError(
      'invalid_input',
      `"${origin}" is no origin; write it like https://example.org.`,
      {
        param: 'origin',
      },
    );
  }
  const faults: string[] = [];
  const lines = new Map<string, number>();
  const questions: GoldenQuestion[] = [];
  text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .forEach((line, index) => {
      if (line.trim() === '') return;
      const fault = (message: string) => faults.push(`${path}:${index + 1}: ${message}`);
      const question = parseLine(line, origin, fault);
      if (question === null) return;
      const first = lines.get(question.id);
      if (first !== undefined) fault(`id ${question.id} is that of line ${first}`);
      lines.set(question.id, index + 1);
      questions.push(question);
    });
  if (faults.length === 0 && questions.length === 0) faults.push(`${path}: holds no question`);
  if (questions.length > QUESTIONS_MAX)
    faults.push(`${path}: more than ${QUESTIONS_MAX} questions`);
  if (faults.length === 0) return questions;
  throw new AppError('invalid_input', `golden questions are at fault:\n${faults.join('\n')}`, {
    param: 'golden',
  });
}

function parseLine(
  line: string,
  origin: string | null,
  fault: (message: string) => void,
): GoldenQuestion | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (thrown) {
    fault(`no JSON: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    return null;
  }
  const parsed = goldenLine.safeParse(value);
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues) {
      fault(path.length > 0 ? `${path.join('.')}: ${message}` : message);
    }
    return null;
  }
  const { relevant, ...rest } = parsed.data;
  const bad = relevant.find((url) => !URL.canParse(url, origin ?? undefined));
  if (bad !== undefined) {
    const remedy = origin === null ? '; give the origin that paths belong to' : '';
    fault(`relevant: "${bad}" is no URL${remedy}`);
    return null;
  }
  const urls = relevant.map((url) => withoutFragment(new URL(url, origin ?? undefined)));
  return { ...rest, relevant: [...new Set(urls)] };
}

function withoutFragment(url: URL): string {
  url.hash = '';
  return url.href;
}

/** SHA-256 of the questions as asked; their order counts, since a report shows it. */
export const goldenHashOf = (golden: readonly GoldenQuestion[]): string => hashOf(golden);
