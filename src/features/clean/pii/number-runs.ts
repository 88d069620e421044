/** One stretch of digits. */
export type Group = { readonly start: number; readonly end: number };

/** Digits in groups, with few separators between two: what a reader takes as one number. */
export type NumberRun = {
  /** With the `+` or `(` before the first group. */
  readonly start: number;
  readonly end: number;
  readonly groups: readonly Group[];
};

/** Groups of one run; what goes on longer is a table or a dump, and is cut there. */
const GROUPS_MAX = 64;
const FIRST = /\d/g;
const DIGITS = /\d+/y;
const SEPARATOR = / ?(?:[-./] ?|\) ?[-./]?|\( ?|\/\(?)?/y;

/** Shorter ones are no one's card or phone. */
const LENGTH_MIN = 6;

/** The runs of a text, in order; each character is looked at a bounded number of times. */
export function numberRuns(text: string): readonly NumberRun[] {
  const runs: NumberRun[] = [];
  FIRST.lastIndex = 0;
  for (let first = FIRST.exec(text); first !== null; first = FIRST.exec(text)) {
    const run = readRun(text, first.index);
    if (run.end - run.start >= LENGTH_MIN) runs.push(run);
    FIRST.lastIndex = run.end;
  }
  return runs;
}

function readRun(text: string, first: number): NumberRun {
  const groups: Group[] = [];
  let end = first;
  let at = first;
  while (groups.length < GROUPS_MAX) {
    DIGITS.lastIndex = at;
    const digits = DIGITS.exec(text);
    if (digits === null) break;
    end = at + digits[0].length;
    groups.push({ start: at, end });
    SEPARATOR.lastIndex = end;
    const separator = SEPARATOR.exec(text)?.[0] ?? '';
    if (separator === '') break;
    at = end + separator.length;
  }
  return { start: runStart(text, first), end, groups };
}

/** `+49`, `(0)`, `+(49)`, `(+49)`. */
function runStart(text: string, first: number): number {
  let start = first;
  while (start > first - 2 && /[+(]/.test(text[start - 1] ?? '')) start -= 1;
  return start;
}

/** The digits of a run's groups from one up to, not including, another. */
export const digitsOf = (text: string, groups: readonly Group[]): string =>
  groups.map(({ start, end }) => text.slice(start, end)).join('');
