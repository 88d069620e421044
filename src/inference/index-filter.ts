import { AppError } from '#domain/errors.ts';
import type { QuestionFilter } from '#domain/question-filter.ts';
import { type IndexFilter, publishedRangeOf } from '#ports/feature-index.ts';

/**
 * A filter in its canonical form as the index takes it. Throws `invalid_input` naming the field that
 * is no date, or `filter.since` when that is after `filter.until`.
 */
export function indexFilterOf({
  tags,
  languages,
  sources,
  since,
  until,
}: QuestionFilter): IndexFilter {
  const from = boundOf('since', since === undefined ? {} : { publishedFrom: since }).from;
  const to = boundOf('until', until === undefined ? {} : { publishedTo: until }).to;
  if (from !== null && to !== null && from > to) {
    throw new AppError(
      'invalid_input',
      `filter.since ${since} is after filter.until ${until}: no post is published then.`,
      { param: 'filter.since' },
    );
  }
  return {
    ...(tags === undefined ? {} : { tags }),
    ...(languages === undefined ? {} : { languages }),
    ...(sources === undefined ? {} : { sourceNames: sources }),
    ...(since === undefined ? {} : { publishedFrom: since }),
    ...(until === undefined ? {} : { publishedTo: until }),
  };
}

/** Refusals name the field that the caller knows. */
function boundOf(field: 'since' | 'until', filter: IndexFilter) {
  try {
    return publishedRangeOf(filter);
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    throw new AppError(thrown.code, `filter.${field}: ${thrown.message}`, {
      param: `filter.${field}`,
      cause: thrown,
    });
  }
}
