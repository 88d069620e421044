import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { Cli } from '#cli/lockstep.ts';
import { createProgram } from '#cli/program.ts';
import { ERROR_CODES } from '#domain/errors.ts';

const readme = readFileSync('README.md', 'utf8');
const unused = () => {
  throw new Error('only the help is looked at here');
};
const cli: Cli = {
  open: unused,
  describeDatabase: unused,
  lockFolder: unused,
  serveSite: unused,
  terminal: false,
  account: 'tester',
  signal: new AbortController().signal,
  out: unused,
  error: unused,
  readText: unused,
  readFolder: unused,
  requireWritable: unused,
  writeText: unused,
};
const program = createProgram(cli, '0.0.0');

const leaves = (command: Command): readonly Command[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);

describe('README', () => {
  it('explains every error code, and no other', () => {
    const table = readme.slice(readme.indexOf('## Errors'), readme.indexOf('## Dependencies'));
    const explained = [...table.matchAll(/^\| `([a-z_]+)` \|/gm)].map((match) => match[1]);
    expect(explained).toEqual([...ERROR_CODES]);
  });

  it('lists every command', () => {
    for (const command of program.commands) {
      expect(readme).toMatch(new RegExp(`^\\| .*\`${command.name()}[ \`]`, 'm'));
    }
  });

  it('names every setting', () => {
    const config = readFileSync('src/config/config.ts', 'utf8');
    const names = [...config.matchAll(/^ {2}([A-Z_]+): z/gm)].map((match) => match[1] ?? '');
    expect(names.length).toBeGreaterThan(10);
    for (const name of names) expect(readme).toContain(`\`${name}\``);
  });

  it('gives the reason of every dependency', () => {
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const table = readme.slice(readme.indexOf('## Dependencies'));
    for (const name of Object.keys(dependencies)) expect(table).toContain(`\`${name}\``);
  });
});

describe('help', () => {
  it.each(leaves(program).map((command) => [command.name(), command] as const))(
    '%s has a description, examples and --json',
    (_name, command) => {
      let help = '';
      command.configureOutput({ writeOut: (text) => (help += text) });
      command.outputHelp();
      expect(command.description()).not.toBe('');
      expect(help).toContain('Examples:\n  $ lockstep ');
      expect(help).toContain('--json');
    },
  );
});
