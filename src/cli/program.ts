import { Command, CommanderError } from 'commander';
import { AppError, toAppError } from '#domain/errors.ts';
import { addAskCommand } from './ask.ts';
import { addCrawlCommand } from './crawl.ts';
import { addDatasetCommand } from './dataset.ts';
import { addDoctorCommand } from './doctor.ts';
import { addEvaluateCommand } from './evaluate.ts';
import { EXIT_DONE } from './exit-codes.ts';
import { addKeyCommand } from './key.ts';
import type { Cli } from './lockstep.ts';
import { addModelCommand } from './model.ts';
import { addPairingCommand } from './pairing.ts';
import { addHistoryCommand, addPromoteCommand, addRollbackCommand } from './promote.ts';
import { addPromptCommand } from './prompt.ts';
import { addReembedCommand } from './reembed.ts';
import { addReextractCommand } from './reextract.ts';
import { reportError } from './report-error.ts';
import { addScheduleCommand } from './schedule.ts';
import { addSearchCommand } from './search.ts';
import { addServeCommand } from './serve.ts';
import { addSnapshotCommand } from './snapshot.ts';
import { addSourceCommand } from './source.ts';
import { addUpCommand } from './up/up.ts';
import { addViewCommand } from './view.ts';
import { addWorkCommand } from './work.ts';

const COMMANDS = [
  addUpCommand,
  addServeCommand,
  addSourceCommand,
  addCrawlCommand,
  addReextractCommand,
  addReembedCommand,
  addScheduleCommand,
  addWorkCommand,
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
  addSearchCommand,
  addKeyCommand,
  addDoctorCommand,
];

export function createProgram(cli: Cli, version: string, json = false): Command {
  const program = new Command('lockstep')
    .description('Features, training and inference of a RAG application, moved in lockstep')
    .version(version)
    .option('--data <folder>', 'the data folder; LOCKSTEP_DATA or .lockstep by default')
    .option('--json', 'print one JSON document instead of text')
    .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 wrong usage, 3 a gate refused.');
  for (const add of COMMANDS) add(program, cli);
  settle(program, cli, json);
  return program;
}

/** Every command takes the global options anywhere, and throws instead of ending the process. */
function settle(command: Command, cli: Cli, json: boolean): void {
  // Usage errors are thrown as well, and printed like all others.
  command.exitOverride().configureOutput({
    writeOut: cli.out,
    writeErr: json ? () => undefined : cli.error,
    outputError: () => undefined,
  });
  for (const child of command.commands) {
    if (child.commands.length === 0) {
      child.option('--data <folder>', 'the data folder').option('--json', 'print JSON');
    }
    settle(child, cli, json);
  }
}

/** Runs one command line; gives the exit code. `argv` is without node and script. */
export async function runCommand(
  cli: Cli,
  argv: readonly string[],
  version: string,
): Promise<number> {
  const json = argv.includes('--json');
  const program = createProgram(cli, version, json);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return EXIT_DONE;
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return EXIT_DONE;
    const error =
      thrown instanceof CommanderError ? usageError(thrown, argv, program) : toAppError(thrown);
    return reportError(cli, json, error);
  }
}

/** What commander says of a command line, with where to read on. */
function usageError(
  { code, message }: CommanderError,
  argv: readonly string[],
  program: Command,
): AppError {
  const [command] = argv.filter((word) => program.commands.some((known) => known.name() === word));
  const help = ['lockstep', ...(command === undefined ? [] : [command]), '--help'].join(' ');
  if (code === 'commander.help') {
    return new AppError('invalid_input', `a command is missing; see ${help}.`, { cause: message });
  }
  const said = message.replace(/^error: /, '').replace(/\n/g, ' ');
  const param = /'(--[a-z-]+)/.exec(said)?.[1];
  return new AppError('invalid_input', `${said}${/[.)?]$/.test(said) ? '' : '.'} See ${help}.`, {
    ...(param !== undefined && { param }),
  });
}
