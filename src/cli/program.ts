import { Command, CommanderError } from 'commander';
import { toAppError } from '#domain/errors.ts';
import { addAskCommand } from './ask.ts';
import { addCrawlCommand } from './crawl.ts';
import { addDatasetCommand } from './dataset.ts';
import { addDoctorCommand } from './doctor.ts';
import { addEvaluateCommand } from './evaluate.ts';
import { EXIT_DONE, EXIT_USAGE, exitCodeOf } from './exit-codes.ts';
import { addKeyCommand } from './key.ts';
import type { Cli } from './lockstep.ts';
import { addModelCommand } from './model.ts';
import { addPairingCommand } from './pairing.ts';
import { addHistoryCommand, addPromoteCommand, addRollbackCommand } from './promote.ts';
import { addPromptCommand } from './prompt.ts';
import { addServeCommand } from './serve.ts';
import { addSnapshotCommand } from './snapshot.ts';
import { addSourceCommand } from './source.ts';
import { addUpCommand } from './up/up.ts';
import { addViewCommand } from './view.ts';

const COMMANDS = [
  addUpCommand,
  addServeCommand,
  addSourceCommand,
  addCrawlCommand,
  addViewCommand,
  addSnapshotCommand,
  addDatasetCommand,
  addPromptCommand,
  addModelCommand,
  addPairingCommand,
  addEvaluateCommand,
  addPromoteCommand,
  addRollbackCommand,
  addHistoryCommand,
  addAskCommand,
  addKeyCommand,
  addDoctorCommand,
];

export function createProgram(cli: Cli, version: string): Command {
  const program = new Command('lockstep')
    .description('Features, training and inference of a RAG application, moved in lockstep')
    .version(version)
    .option('--data <folder>', 'the data folder; LOCKSTEP_DATA or .lockstep by default')
    .option('--json', 'print one JSON document instead of text')
    .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 wrong usage, 3 a gate refused.');
  for (const add of COMMANDS) add(program, cli);
  settle(program, cli);
  return program;
}

/** Every command takes the global options anywhere, and throws instead of ending the process. */
function settle(command: Command, cli: Cli): void {
  command.exitOverride().configureOutput({ writeOut: cli.out, writeErr: cli.error });
  for (const child of command.commands) {
    if (child.commands.length === 0) {
      child.option('--data <folder>', 'the data folder').option('--json', 'print JSON');
    }
    settle(child, cli);
  }
}

/** Runs one command line; gives the exit code. `argv` is without node and script. */
export async function runCommand(
  cli: Cli,
  argv: readonly string[],
  version: string,
): Promise<number> {
  try {
    await createProgram(cli, version).parseAsync([...argv], { from: 'user' });
    return EXIT_DONE;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT_DONE : EXIT_USAGE;
    const error = toAppError(thrown);
    const { code, message, param, retryable } = error;
    if (argv.includes('--json')) {
      cli.error(`${JSON.stringify({ error: { code, message, param, retryable } })}\n`);
    } else {
      cli.error(`error (${code}): ${message}\n`);
    }
    return exitCodeOf(error);
  }
}
