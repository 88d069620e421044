#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { enableCompileCache } from 'node:module';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import type { Cli } from './cli/lockstep.ts';
import { runCommand } from './cli/program.ts';
import { reportEnvironment } from './cli/report-error.ts';
import { requireWritable, writeText } from './cli/text-file.ts';
import { type Config, envToConfig } from './config/config.ts';
import { readEnvironment } from './config/env.ts';

const packageFile = resolve(import.meta.dirname, '..', 'package.json');
const { version } = JSON.parse(await readFile(packageFile, 'utf8')) as {
  readonly version: string;
};

/**
 * Adapters and their vendors take a while to load; help and usage errors do without. What they are
 * compiled to is kept in the data folder, which nobody else writes, once there is one.
 */
const compose = async ({ dataFolder }: Config) => {
  if (existsSync(dataFolder)) enableCompileCache(join(dataFolder, 'compiled'));
  await import('./compose/resolve-quickly.ts');
  return import('./compose.ts');
};

const interrupt = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  // The first asks everything to end in order; a second one is the operating system's.
  process.once(name, () => interrupt.abort(new DOMException(name, 'AbortError')));
}

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // Whoever read along has left, as `head` does; the command goes on to its end.
    if (error.code !== 'EPIPE') throw error;
  });
}

const argv = process.argv.slice(2);
const found = envToConfig(readEnvironment());
process.exitCode =
  found.kind === 'config'
    ? await runCommand(cliOf(found.config), argv, version)
    : reportEnvironment(
        { error: (text) => void process.stderr.write(text) },
        argv.includes('--json'),
        found.problems,
      );

function cliOf(base: Config): Cli {
  const at = (folder: string | null): Config => ({
    ...base,
    dataFolder: folder ?? base.dataFolder,
  });
  return {
    open: async (dataFolder) => {
      const config = at(dataFolder);
      return (await compose(config)).openLockstep(config, version);
    },
    describeDatabase: async (dataFolder) => {
      const config = at(dataFolder);
      return (await compose(config)).describeDatabase(config);
    },
    lockFolder: async (dataFolder) => {
      const config = at(dataFolder);
      return (await compose(config)).lockForUp(config);
    },
    serveSite: async (folder, port) => (await compose(base)).serveSite(folder, port),
    terminal: process.stderr.isTTY === true,
    account: userInfo().username,
    signal: interrupt.signal,
    out: (text) => void process.stdout.write(text),
    error: (text) => void process.stderr.write(text),
    readText: (path) => readFile(path, 'utf8'),
    requireWritable,
    writeText,
    readFolder: async (path) => (await readdir(path)).map((name) => join(path, name)).sort(),
  };
}
