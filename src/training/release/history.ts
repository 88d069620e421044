import { type ChannelMove, verifyHistory } from '#domain/channel.ts';
import { AppError } from '#domain/errors.ts';
import { isPairingId } from '#domain/pairing.ts';
import type { ChannelRegistry } from '#ports/release-registry.ts';

/**
 * A channel's moves, oldest first, verified: each follows from the one before, and the channel
 * points at the last one. Rejects with `history_broken`. Empty for a channel that never moved.
 */
export async function soundHistory(
  channels: ChannelRegistry,
  name: string,
): Promise<readonly ChannelMove[]> {
  const moves = await channels.history(name);
  verifyHistory(moves);
  const last = moves.at(-1);
  const channel = (await channels.list()).find((known) => known.name === name);
  if (channel?.move === last?.number && channel?.pairingId === last?.pairingId) return moves;
  throw new AppError(
    'history_broken',
    `channel ${name} points at ${channel?.pairingId ?? 'nothing'} (move ${channel?.move ?? 0}), ` +
      `but its history ends with ${last?.pairingId ?? 'nothing'} (move ${last?.number ?? 0}). ` +
      'Restore the registry from a backup.',
  );
}

/** Throws `invalid_input` for a name that no channel can have, and without an actor or a reason. */
export function requireMove(request: {
  readonly channel: string;
  readonly actor: string;
  readonly reason: string;
}): void {
  const { channel } = request;
  // A model is asked for by a channel's name or a pairing's id, so none may look like both.
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(channel) || isPairingId(channel)) {
    throw new AppError('invalid_input', `"${channel}" is no channel; write it like production.`, {
      param: 'channel',
    });
  }
  for (const param of ['actor', 'reason'] as const) {
    if (request[param].trim() === '') {
      throw new AppError('invalid_input', `a move of ${channel} needs its ${param}.`, { param });
    }
  }
}
