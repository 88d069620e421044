import { OUTCOMES } from '#domain/crawl-summary.ts';

type Outcome = (typeof OUTCOMES)[number];

const WORDS: Readonly<Record<Outcome, string>> = {
  new: 'new',
  changed: 'changed',
  same: 'other bytes, same content',
  unchanged: 'unchanged',
  moved: 'moved',
  closed: 'closed',
  gone: 'gone',
  rejected: 'rejected',
  failed: 'failed',
  feed: 'feeds',
  sitemap: 'sitemaps',
};

const isKnown = (outcome: string): outcome is Outcome => Object.hasOwn(WORDS, outcome);

/** How a page says what came of a visit. */
export const wordOf = (outcome: string): string => (isKnown(outcome) ? WORDS[outcome] : outcome);

/** The class that gives an outcome its colour; never made of text that was read from anywhere. */
export const classOf = (outcome: string): string => (isKnown(outcome) ? `o-${outcome}` : 'o-other');

/** Known outcomes in their order, then others as they come. */
export function inOrder(outcomes: Iterable<string>): readonly string[] {
  const met = new Set(outcomes);
  const known: readonly string[] = OUTCOMES;
  return [...known.filter((outcome) => met.has(outcome)), ...[...met].filter((o) => !isKnown(o))];
}
