import type { Command } from 'commander';
import { pairingAt, verifyHistory } from '#domain/channel.ts';
import { AppError } from '#domain/errors.ts';
import { promote, rollback } from '#training/pipeline.ts';
import { pairingIdOf } from './epoch-at.ts';
import { withExamples } from './examples.ts';
import type { Cli } from './lockstep.ts';
import { type Session, withSession } from './session.ts';

type MoveOptions = {
  readonly channel: string;
  readonly reason: string;
  readonly actor?: string;
};

export function addPromoteCommand(program: Command, cli: Cli): void {
  const command = program
    .command('promote <pairing>')
    .description('point a channel at a pairing; one that was not evaluated is refused')
    .option('--channel <name>', 'the channel', 'production')
    .option('--reason <text>', 'why', 'promoted by hand')
    .option('--actor <name>', 'who; the account by default')
    .option('--unevaluated', 'allow a pairing that was never evaluated');
  withExamples(command, [
    'promote pairing-0123',
    'promote pairing-0123 --channel canary --reason "shorter chunks"',
  ]).action((pairing: string, options: MoveOptions & { unevaluated?: boolean }, self) =>
    withSession(cli, self, async (session) => {
      const { registry, clock } = session.lockstep;
      const { channel, reason, actor = cli.account, unevaluated = false } = options;
      const pairingId = await pairingIdOf(session, pairing);
      const outcome = await promote(
        { ...registry, clock },
        { channel, pairingId, actor, reason, allowUnevaluated: unevaluated },
      );
      session.out.line(
        outcome.moved
          ? `${channel} → ${pairingId} (move ${outcome.move.number})`
          : `${channel} is at ${pairingId} already`,
      );
      session.out.result(outcome);
    }),
  );
}

export function addRollbackCommand(program: Command, cli: Cli): void {
  const command = program
    .command('rollback')
    .description('point a channel back at what it pointed at before the last promotion')
    .option('--channel <name>', 'the channel', 'production')
    .option('--reason <text>', 'why', 'rolled back by hand')
    .option('--actor <name>', 'who; the account by default');
  withExamples(command, ['rollback', 'rollback --channel canary --reason "worse answers"']).action(
    (options: MoveOptions, self) =>
      withSession(cli, self, async ({ lockstep, out }) => {
        const { registry, clock } = lockstep;
        const { channel, reason, actor = cli.account } = options;
        const move = await rollback({ ...registry, clock }, { channel, actor, reason });
        out.line(`${channel} → ${move.pairingId} (move ${move.number})`);
        out.result(move);
      }),
  );
}

export function addHistoryCommand(program: Command, cli: Cli): void {
  const command = program
    .command('history [channel]')
    .description('what was in production when; every chain of hashes is verified')
    .option('--at <time>', 'the pairing in force at this ISO 8601 time');
  withExamples(command, ['history', 'history production --at 2026-11-24T12:00:00Z']).action(
    (channel: string | undefined, options: { readonly at?: string }, self) =>
      withSession(cli, self, (session) =>
        showHistory(session, channel ?? null, options.at ?? null),
      ),
  );
}

async function showHistory(
  { lockstep, out }: Session,
  channel: string | null,
  at: string | null,
): Promise<void> {
  const { channels } = lockstep.registry;
  if (channel !== null) await channels.get(channel);
  const moves = await channels.history(channel);
  for (const chain of Map.groupBy(moves, (move) => move.channel).values()) verifyHistory(chain);
  if (at === null) {
    out.table(
      ['channel', 'move', 'at', 'action', 'pairing', 'actor', 'reason'],
      moves.map((move) => [
        move.channel,
        move.number,
        move.at,
        move.action,
        move.pairingId,
        move.actor,
        move.reason,
      ]),
    );
    out.result(moves);
    return;
  }
  if (Number.isNaN(Date.parse(at))) {
    const message = `"${at}" is no time; write it like 2026-11-24T12:00:00Z.`;
    throw new AppError('invalid_input', message, { param: '--at' });
  }
  const names = [...new Set(moves.map((move) => move.channel))];
  const inForce = names.map((name) => ({
    channel: name,
    pairingId: pairingAt(
      moves.filter((move) => move.channel === name),
      at,
    ),
  }));
  out.table(
    ['channel', `pairing at ${at}`],
    inForce.map(({ channel: name, pairingId }) => [name, pairingId ?? 'none yet']),
  );
  out.result({ at, channels: inForce });
}
