import type { Command } from 'commander';
import { withExamples } from './examples.ts';
import type { Cli, Lockstep } from './lockstep.ts';
import type { Cell, Output } from './output.ts';
import { withSession } from './session.ts';

export type ListOptions<T> = {
  /** `a list of what`, for the help. */
  readonly of: string;
  readonly read: (lockstep: Lockstep) => Promise<readonly T[]>;
  readonly head: readonly string[];
  readonly row: (entry: T) => readonly Cell[];
};

/** `<parent> list`: a table for people, the entries as they are under `--json`. */
export function addList<T>(parent: Command, cli: Cli, options: ListOptions<T>): void {
  const list = parent.command('list').description(`list the ${options.of}`);
  withExamples(list, [`${parent.name()} list`, `${parent.name()} list --json`]).action(
    (_options, command) =>
      withSession(cli, command, async ({ lockstep, out }) => {
        const entries = await options.read(lockstep);
        if (entries.length === 0) out.line(`there are no ${options.of} yet`);
        else out.table(options.head, entries.map(options.row));
        out.result(entries);
      }),
  );
}

export type ShowOptions<T> = {
  readonly of: string;
  readonly example: string;
  readonly read: (lockstep: Lockstep, id: string) => Promise<T>;
  readonly draw: (out: Output, entry: T) => void;
};

/** `<parent> show <id>`. */
export function addShow<T>(parent: Command, cli: Cli, options: ShowOptions<T>): void {
  const show = parent.command('show <id>').description(`show one of the ${options.of}`);
  withExamples(show, [`${parent.name()} show ${options.example}`]).action(
    (id: string, _options, command) =>
      withSession(cli, command, async ({ lockstep, out }) => {
        const entry = await options.read(lockstep, id);
        options.draw(out, entry);
        out.result(entry);
      }),
  );
}
