import type { PiiKind } from '#domain/document.ts';
import type { NumberRun } from './number-runs.ts';

/** Where something personal stands: UTF-16 offsets, `end` is after the last. */
export type PiiSpan = { readonly kind: PiiKind; readonly start: number; readonly end: number };

/** How many of each kind; those that there are none of are absent. */
export type PiiCounts = Readonly<Partial<Record<PiiKind, number>>>;

/** A text as the finders look at it. */
export type Seen = {
  readonly text: string;
  /** Whether an offset is in code, where numbers are seldom what they look like. */
  readonly isCode: (at: number) => boolean;
  /** Whether an offset is in a URL, where they are ids. */
  readonly isUrl: (at: number) => boolean;
  /** Its numbers of six characters or more. */
  readonly runs: () => readonly NumberRun[];
};

/** A text without what was found in it. */
export type Masked = { readonly text: string; readonly found: PiiCounts };

/** What stands in place of a personal detail. */
export const maskOf = (kind: PiiKind): string => `[${kind}]`;

/** How many of each kind; what goes on from another counts with it. */
export function countKinds(found: Iterable<{ readonly kind: PiiKind | null }>): PiiCounts {
  const counts: Partial<Record<PiiKind, number>> = {};
  for (const { kind } of found) if (kind !== null) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
