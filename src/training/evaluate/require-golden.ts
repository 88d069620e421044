import { AppError } from '#domain/errors.ts';
import type { GoldenQuestion, QuestionResult } from '#domain/evaluation.ts';

/** Throws `invalid_input` unless there are questions, each with an id of its own. */
export function requireQuestions(golden: readonly GoldenQuestion[]): void {
  const ids = new Set(golden.map(({ id }) => id));
  if (golden.length > 0 && ids.size === golden.length) return;
  throw new AppError(
    'invalid_input',
    golden.length === 0
      ? 'an evaluation needs golden questions; none were given.'
      : 'two golden questions have the same id; give each its own.',
    { param: 'golden' },
  );
}

/**
 * Throws `invalid_input` when the relevant documents are of other origins than everything that was
 * retrieved: such an evaluation would measure a mistyped origin as the worst possible pairing.
 */
export function requireSameOrigin(
  golden: readonly GoldenQuestion[],
  results: readonly QuestionResult[],
): void {
  const wanted = originsOf(golden.flatMap(({ relevant }) => relevant));
  const found = originsOf(results.flatMap(({ ranking }) => ranking.map(({ url }) => url)));
  if (wanted.size === 0 || found.size === 0 || !wanted.isDisjointFrom(found)) return;
  throw new AppError(
    'invalid_input',
    `the golden questions name documents of ${[...wanted].join(', ')}, but the view holds ` +
      `documents of ${[...found].join(', ')}. Give the origin that the posts were crawled from.`,
    { param: 'origin' },
  );
}

const originsOf = (urls: readonly string[]): Set<string> =>
  new Set(urls.map((url) => (URL.canParse(url) ? new URL(url).origin : url)));
