import { AppError } from '#domain/errors.ts';
import { exitCodeOf } from './exit-codes.ts';
import type { Cli } from './lockstep.ts';

/** Says what went wrong, for people or as one line of JSON; gives the exit code. */
export function reportError(cli: Pick<Cli, 'error'>, json: boolean, error: AppError): number {
  const { code, message, param, retryable } = error;
  cli.error(
    json
      ? `${JSON.stringify({ error: { code, message, param, retryable } })}\n`
      : `error (${code}): ${message}\n`,
  );
  return exitCodeOf(error);
}

/** Says of every setting in the environment that is wrong; `problems` begin with its name. */
export function reportEnvironment(
  cli: Pick<Cli, 'error'>,
  json: boolean,
  problems: readonly string[],
): number {
  const message = ['the environment is wrong, and nothing was started.', ...problems].join('\n  ');
  const param = [...new Set(problems.map((problem) => problem.split(':')[0]))].join(' ');
  return reportError(cli, json, new AppError('invalid_config', message, { param }));
}
