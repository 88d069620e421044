import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '#cli/program.ts';
import { reportEnvironment } from '#cli/report-error.ts';
import { AppError } from '#domain/errors.ts';
import { createFakeCli, errorOf } from './fake-cli.ts';

describe('usage errors', () => {
  it.each([
    [['recrawl'], "'recrawl'", 'lockstep --help', null],
    [['source', 'nope'], "'nope'", 'lockstep source --help', null],
    [['crawl', '--nope'], "'--nope'", 'lockstep crawl --help', '--nope'],
    [['serve', '--port', 'x'], 'whole number from 0 to 65535', 'lockstep serve --help', '--port'],
    [['ask', 'hi', '--epoch', 'x'], 'posts@v1#42', 'lockstep ask --help', '--epoch'],
    [['ask'], "'question'", 'lockstep ask --help', null],
    [['up', 'nonsense'], '"nonsense"', 'lockstep up --help', null],
    [['source', 'add', 'nonsense'], '"nonsense"', 'https://', 'url'],
    [['dataset', 'build'], '--kind', 'lockstep dataset --help', '--kind'],
    [['prompt', 'register', 'nope.md'], 'nope.md', 'name a file', 'file'],
    [[], 'a command is missing', 'lockstep --help', null],
  ])('says of %j what is wrong and where to read on', async (argv, wrong, remedy, param) => {
    const plain = createFakeCli();
    expect(await plain.run(...argv)).toBe(2);
    expect(plain.printed.err).toContain('error (invalid_input): ');
    expect(plain.printed.err).toContain(wrong);
    expect(plain.printed.err).toContain(remedy);
    expect(plain.printed.out).toBe('');

    const json = createFakeCli();
    expect(await json.run(...argv, '--json')).toBe(2);
    expect(errorOf(json.printed)).toMatchObject({ code: 'invalid_input', param });
    expect(errorOf(json.printed).message).toContain(wrong);
    expect(json.printed.err.split('\n')).toHaveLength(2);
  });

  it('suggests the option that was meant', async () => {
    const { run, printed } = createFakeCli();
    expect(await run('crawl', '--jsn')).toBe(2);
    expect(printed.err).toContain('--json');
  });
});

describe('exit codes', () => {
  it.each([
    [new AppError('gate_refused', 'refused'), 3, 'gate_refused'],
    [new AppError('invalid_config', 'wrong'), 2, 'invalid_config'],
    [new AppError('database_newer', 'newer'), 1, 'database_newer'],
    [new DOMException('SIGTERM', 'AbortError'), 1, 'cancelled'],
    [new Error('out of luck'), 1, 'internal'],
  ])('ends %s with %i', async (openError, exit, code) => {
    const { run, printed } = createFakeCli({ openError });
    expect(await run('view', 'list', '--json')).toBe(exit);
    expect(errorOf(printed).code).toBe(code);
    expect(printed.out).toBe('');
  });

  it('ends help and version with 0, and opens nothing for them', async () => {
    for (const argv of [['--help'], ['crawl', '--help'], ['help'], ['--version']]) {
      const { run, printed, opened } = createFakeCli();
      expect(await run(...argv)).toBe(0);
      expect(printed.out).not.toBe('');
      expect([printed.err, opened]).toEqual(['', []]);
    }
  });
});

function leaves(command: Command): readonly Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
}

it('gives every command a description, --json, --data and an example', async () => {
  const commands = leaves(createProgram(createFakeCli().cli, '0.0.0'));
  expect(commands.length).toBeGreaterThan(25);
  for (const command of commands) {
    const path = [command.parent?.name(), command.name()].filter((name) => name !== 'lockstep');
    const { run, printed } = createFakeCli();
    expect(await run(...path.filter((name) => name !== undefined), '--help')).toBe(0);
    for (const part of ['--json', '--data', `$ lockstep ${path.join(' ')}`]) {
      expect(printed.out, path.join(' ')).toContain(part);
    }
    expect(command.description(), path.join(' ')).not.toBe('');
  }
});

describe('reportEnvironment', () => {
  const problems = ['LOCKSTEP_PORT: too big', 'DATABASE_URL: no', 'DATABASE_URL: never'];

  it('names every variable, on lines of its own or in one of JSON', () => {
    const plain = createFakeCli();
    expect(reportEnvironment(plain.cli, false, problems)).toBe(2);
    for (const problem of problems) expect(plain.printed.err).toContain(`\n  ${problem}`);

    const json = createFakeCli();
    reportEnvironment(json.cli, true, problems);
    expect(errorOf(json.printed)).toMatchObject({ param: 'LOCKSTEP_PORT DATABASE_URL' });
  });
});
