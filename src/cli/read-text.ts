import { AppError } from '#domain/errors.ts';
import type { Cli } from './lockstep.ts';

/** The text of a file that was named on the command line; rejects with `invalid_input` naming it. */
export async function readText(cli: Cli, path: string, param: string): Promise<string> {
  try {
    return await cli.readText(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `${path} cannot be read (${reason}); name a file that is there.`;
    throw new AppError('invalid_input', message, { param, cause });
  }
}
