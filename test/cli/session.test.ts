import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addList, addShow } from '#cli/list-and-show.ts';
import { withSession } from '#cli/session.ts';
import { createFakeCli } from './fake-cli.ts';

/** A command line of `bird list`, `bird show` and `bird fail`. */
function birds(argv: readonly string[]) {
  const fake = createFakeCli();
  const program = new Command('lockstep').option('--json').option('--data <folder>');
  program.exitOverride();
  const bird = program.command('bird');
  addList(bird, fake.cli, {
    of: 'birds',
    read: async () => (argv.includes('--none') ? [] : [{ name: 'tern', eggs: 2 }]),
    head: ['bird', 'eggs'],
    row: ({ name, eggs }) => [name, eggs],
  });
  addShow(bird, fake.cli, {
    of: 'birds',
    example: 'tern',
    read: async (_, id) => ({ name: id, eggs: 2 }),
    draw: (out, { name }) => out.line(`a ${name}`),
  });
  bird.command('fail').action((_options, command) =>
    withSession(fake.cli, command, async ({ progress }) => {
      progress.onProgress({ stage: 'brood', done: 1, total: 2 });
      throw new Error('the nest fell');
    }),
  );
  for (const command of bird.commands) {
    command.option('--json').option('--data <folder>').option('--none');
  }
  const done = program.parseAsync(['bird', ...argv], { from: 'user' });
  return { ...fake, done };
}

describe('list and show', () => {
  it('draws a table for people', async () => {
    const { done, printed } = birds(['list']);
    await done;
    expect(printed.out).toBe('bird  eggs\ntern     2\n');
  });

  it('says so when there is nothing', async () => {
    const { done, printed } = birds(['list', '--none']);
    await done;
    expect(printed.out).toBe('there are no birds yet\n');
  });

  it('prints the entries as they are under --json, also when there are none', async () => {
    const some = birds(['list', '--json']);
    await some.done;
    expect(JSON.parse(some.printed.out)).toEqual([{ name: 'tern', eggs: 2 }]);
    const none = birds(['list', '--none', '--json']);
    await none.done;
    expect(JSON.parse(none.printed.out)).toEqual([]);
  });

  it('shows one, drawn or as JSON', async () => {
    const drawn = birds(['show', 'gull']);
    await drawn.done;
    expect(drawn.printed.out).toBe('a gull\n');
    const json = birds(['show', 'gull', '--json']);
    await json.done;
    expect(JSON.parse(json.printed.out)).toEqual({ name: 'gull', eggs: 2 });
  });
});

describe('withSession', () => {
  it('opens the folder that was named, or the configured one, and closes it', async () => {
    const named = birds(['list', '--data', '/elsewhere']);
    await named.done;
    expect(named.opened).toEqual(['/elsewhere']);
    const usual = birds(['list']);
    await usual.done;
    expect(usual.opened).toEqual([null]);
    expect([named.closed(), usual.closed()]).toEqual([1, 1]);
  });

  it('closes it after a failure as well, with the progress so far on its own line', async () => {
    const { done, closed, printed } = birds(['fail']);
    await expect(done).rejects.toThrow('the nest fell');
    expect(closed()).toBe(1);
    expect(printed.err).toBe('  brood 1 of 2\n');
  });

  it('keeps progress out of the error stream under --json', async () => {
    const { done, printed } = birds(['fail', '--json']);
    await expect(done).rejects.toThrow('the nest fell');
    expect(printed.err).toBe('');
  });
});
