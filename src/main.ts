#!/usr/bin/env node
import { readdir, readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { EXIT_USAGE } from './cli/exit-codes.ts';
import type { Cli, OpenOptions } from './cli/lockstep.ts';
import { runCommand } from './cli/program.ts';
import { describeDatabase, lockForUp, openLockstep, PROJECT_FOLDER, serveSite } from './compose.ts';
import { type Config, envToConfig } from './config/config.ts';
import { readEnvironment } from './config/env.ts';

const { version } = JSON.parse(await readFile(join(PROJECT_FOLDER, 'package.json'), 'utf8')) as {
  readonly version: string;
};

const interrupt = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  // The first asks everything to end in order; a second one is the operating system's.
  process.once(name, () => interrupt.abort(new DOMException(name, 'AbortError')));
}

const found = envToConfig(readEnvironment());
if (found.kind === 'problems') {
  process.stderr.write(
    `error (invalid_config): the environment is wrong; nothing was started.\n` +
      found.problems.map((problem) => `  ${problem}\n`).join(''),
  );
  process.exitCode = EXIT_USAGE;
} else {
  process.exitCode = await runCommand(cliOf(found.config), process.argv.slice(2), version);
}

function cliOf(base: Config): Cli {
  const configOf = ({ dataFolder, allowNetworks }: OpenOptions): Config => ({
    ...base,
    dataFolder: dataFolder ?? base.dataFolder,
    allowNetworks: [...base.allowNetworks, ...allowNetworks],
  });
  const at = (dataFolder: string | null) => configOf({ dataFolder, allowNetworks: [] });
  return {
    open: (options) => openLockstep(configOf(options), version),
    describeDatabase: (dataFolder) => describeDatabase(at(dataFolder)),
    lockFolder: (dataFolder) => lockForUp(at(dataFolder)),
    serveSite,
    terminal: process.stderr.isTTY === true,
    account: userInfo().username,
    signal: interrupt.signal,
    out: (text) => void process.stdout.write(text),
    error: (text) => void process.stderr.write(text),
    readText: (path) => readFile(path, 'utf8'),
    readFolder: async (path) => (await readdir(path)).map((name) => join(path, name)).sort(),
  };
}
