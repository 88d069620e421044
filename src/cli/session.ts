import type { Command } from 'commander';
import type { Cli, Lockstep } from './lockstep.ts';
import { createOutput, type Output } from './output.ts';
import { createProgress, type ProgressLines } from './progress.ts';

/** What a command's action works with. */
export type Session = {
  readonly lockstep: Lockstep;
  readonly cli: Cli;
  readonly out: Output;
  readonly progress: ProgressLines;
  readonly signal: AbortSignal;
};

export type GlobalOptions = { readonly data?: string; readonly json?: boolean };

export const globalsOf = (command: Command): GlobalOptions => command.optsWithGlobals();

export const outputOf = (cli: Cli, command: Command): Output =>
  createOutput(globalsOf(command).json === true, cli.out);

/** Opens Lockstep for one action and closes it after, however the action ends. */
export async function withSession(
  cli: Cli,
  command: Command,
  action: (session: Session) => Promise<void>,
): Promise<void> {
  const { data, json = false } = globalsOf(command);
  const lockstep = await cli.open(data ?? null);
  // Under --json the error stream is for the one line of an error.
  const write = json ? () => undefined : cli.error;
  const progress = createProgress({ terminal: cli.terminal, write });
  try {
    const out = outputOf(cli, command);
    await action({ lockstep, cli, out, progress, signal: cli.signal });
  } finally {
    progress.end();
    await lockstep.close();
  }
}
