export type Failure = { readonly what: string; readonly expected: unknown; readonly got: unknown };

export type Score = {
  readonly name: string;
  readonly passed: number;
  readonly of: number;
  readonly failures: readonly Failure[];
  readonly note?: string;
};

/** The score of cases that each give a failure or `null`. */
export function scoreOf(name: string, results: readonly (Failure | null)[], note?: string): Score {
  const failures = results.filter((result) => result !== null);
  const passed = results.length - failures.length;
  const score = { name, passed, of: results.length, failures };
  return note === undefined ? score : { ...score, note };
}
