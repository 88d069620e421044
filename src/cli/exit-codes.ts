import type { AppError } from '#domain/errors.ts';

export const EXIT_DONE = 0;
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const EXIT_REFUSED = 3;

/** What the shell is told of an error. */
export function exitCodeOf(error: AppError): number {
  if (error.code === 'gate_refused') return EXIT_REFUSED;
  if (error.code === 'invalid_input' || error.code === 'invalid_config') return EXIT_USAGE;
  return EXIT_FAILED;
}
