import type { Command } from 'commander';
import { AppError } from '#domain/errors.ts';
import { SCHEDULE_KINDS, type ScheduleKind } from '#domain/schedule.ts';
import { nextTime } from '#jobs/cron.ts';
import { withExamples } from './examples.ts';
import { addList } from './list-and-show.ts';
import type { Cli } from './lockstep.ts';
import { type Session, withSession } from './session.ts';

type SetOptions = { readonly [Kind in ScheduleKind]?: string } & { readonly timezone: string };
type KindOptions = { readonly [Kind in ScheduleKind]?: boolean };

const DOES: Readonly<Record<ScheduleKind, string>> = {
  crawl: 'crawl all sources and publish',
  reembed: 'build the version that the settings ask for, or bring it up to date',
  verify: 'compare the index with the registry, and embedders with their fingerprints',
  vacuum: 'remove what no epoch that is needed can see',
};

export function addScheduleCommand(program: Command, cli: Cli): void {
  const schedule = program
    .command('schedule')
    .description(
      'what workers do again and again; times that passed without a worker are made up once',
    );
  addSet(schedule, cli);
  addList(schedule, cli, {
    of: 'schedules',
    read: ({ registry }) => registry.schedules.list(),
    head: ['name', 'kind', 'times', 'zone', 'next', 'last start', 'missed'],
    row: ({ name, kind, cron, timezone, dueAt, lastStartedAt, missed }) => [
      name,
      kind,
      cron,
      timezone,
      dueAt,
      lastStartedAt,
      missed,
    ],
  });
  addRemove(schedule, cli);
  addRun(schedule, cli);
}

function addSet(schedule: Command, cli: Cli): void {
  const set = schedule
    .command('set <name>')
    .description('set when something is done; what is not given stays as it is')
    .option('--timezone <zone>', 'whose clock on the wall counts, like Europe/Berlin', 'UTC');
  for (const kind of SCHEDULE_KINDS) set.option(`--${kind} <cron>`, `when to ${DOES[kind]}`);
  withExamples(set, [
    'schedule set posts --crawl "0 */6 * * *"',
    'schedule set posts --verify "30 3 * * *" --vacuum "0 4 * * 0" --timezone Europe/Berlin',
  ]).action((name: string, options: SetOptions, command) =>
    withSession(cli, command, async (session) => {
      const { registry, clock } = session.lockstep;
      const { timezone } = options;
      await requireName(session, name);
      const at = clock.now();
      // A wrong one keeps all from being set.
      const wanted = kindsOf(options).map((kind) => {
        const cron = (options[kind] ?? '').trim();
        return { name, kind, cron, timezone, dueAt: nextTime({ cron, timezone }, at), at };
      });
      const all = [];
      for (const one of wanted) all.push(await registry.schedules.set(one));
      for (const { kind, dueAt } of all) session.out.line(`${kind} ${name}: next at ${dueAt}`);
      session.out.result(all);
    }),
  );
}

function addRemove(schedule: Command, cli: Cli): void {
  const remove = withKinds(
    schedule.command('remove <name>').description('do something no longer by itself'),
  );
  withExamples(remove, ['schedule remove posts --crawl']).action(
    (name: string, options: KindOptions, command) =>
      withSession(cli, command, async ({ lockstep, out }) => {
        const removed: ScheduleKind[] = [];
        for (const kind of kindsOf(options)) {
          if (await lockstep.registry.schedules.remove(name, kind)) removed.push(kind);
        }
        if (removed.length === 0) {
          throw new AppError(
            'not_found',
            `${name} has no such schedule; see lockstep schedule list.`,
            { param: 'name' },
          );
        }
        out.line(`${name}: ${removed.join(', ')} removed`);
        out.result({ name, removed });
      }),
  );
}

function addRun(schedule: Command, cli: Cli): void {
  const run = withKinds(
    schedule.command('run <name>').description('queue it now, for whichever worker is free'),
  );
  withExamples(run, ['schedule run posts --crawl']).action(
    (name: string, options: KindOptions, command) =>
      withSession(cli, command, async (session) => {
        const { lockstep, out } = session;
        await requireName(session, name);
        const queued = [];
        for (const kind of kindsOf(options)) {
          const outcome = await lockstep.jobs.enqueue({ kind, subject: name });
          queued.push({ kind, outcome });
          out.line(
            outcome === 'queued'
              ? `${kind} ${name}: queued; lockstep work and lockstep up take it up`
              : `${kind} ${name}: waiting already; see lockstep work --status`,
          );
        }
        out.result({ name, queued });
      }),
  );
}

function withKinds(command: Command): Command {
  for (const kind of SCHEDULE_KINDS) command.option(`--${kind}`, DOES[kind]);
  return command;
}

/** The kinds that were named. Throws `invalid_input` when none was. */
function kindsOf(options: { readonly [Kind in ScheduleKind]?: unknown }): readonly ScheduleKind[] {
  const kinds = SCHEDULE_KINDS.filter((kind) => options[kind] !== undefined);
  if (kinds.length > 0) return kinds;
  throw new AppError(
    'invalid_input',
    `say what: ${SCHEDULE_KINDS.map((kind) => `--${kind}`).join(', ')}.`,
    { param: '--crawl' },
  );
}

async function requireName({ lockstep }: Session, name: string): Promise<void> {
  const { registry, settings } = lockstep;
  const names = new Set((await registry.views.list()).map((view) => view.name));
  if (names.add(settings.viewName).has(name)) return;
  throw new AppError(
    'not_found',
    `there are no views named ${name}; there are ${[...names].join(', ')}.`,
    { param: 'name' },
  );
}
