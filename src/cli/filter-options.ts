import { type Command, InvalidArgumentError } from 'commander';
import type { QuestionFilter } from '#domain/question-filter.ts';
import { publishedMsOf } from '#ports/feature-index.ts';
import { languageTags } from './parse.ts';

export type FilterOptions = {
  readonly tag?: readonly string[];
  readonly language?: readonly string[];
  readonly source?: readonly string[];
  readonly since?: string;
  readonly until?: string;
};

/** Adds the options that say which posts may answer. */
export const withFilterOptions = (command: Command): Command =>
  command
    .option('--tag <tag>', 'only posts with this tag; repeatable, all must be there', listed)
    .option('--language <language>', 'only posts in this language; repeatable', languageTags)
    .option('--source <name>', 'only posts of this source; repeatable', listed)
    .option('--since <date>', 'only posts published then or later', publishedDate)
    .option('--until <date>', 'only posts published then or earlier', publishedDate);

/** `null` when nothing is filtered. */
export function filterOf(options: FilterOptions): QuestionFilter | null {
  const { tag: tags, language: languages, source: sources, since, until } = options;
  const filter = {
    ...(tags === undefined ? {} : { tags }),
    ...(languages === undefined ? {} : { languages }),
    ...(sources === undefined ? {} : { sources }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
  return Object.keys(filter).length === 0 ? null : filter;
}

/** `tags a, b; since 2026-01-01`. */
export const describeFilter = (filter: QuestionFilter): string =>
  Object.entries(filter)
    .map(([name, value]) => `${name} ${[value].flat().join(', ')}`)
    .join('; ');

function listed(text: string, before: readonly string[] = []): readonly string[] {
  if (text.trim() === '') throw new InvalidArgumentError('It must not be blank.');
  return [...before, text];
}

function publishedDate(text: string): string {
  if (publishedMsOf(text) !== null) return text;
  throw new InvalidArgumentError('It must be a date like 2026-01-31, or an instant in ISO 8601.');
}
