import { AppError } from './errors.ts';
import { hashOf } from './hash.ts';

/** A named pointer to a pairing. */
export type Channel = {
  readonly name: string;
  readonly pairingId: string;
  /** Number of the move that set it. */
  readonly move: number;
};

export type ChannelAction = 'promote' | 'rollback';

/** One move of a channel. Append-only; each carries the hash of the one before. */
export type ChannelMove = {
  readonly channel: string;
  /** Counted from 1 within the channel. */
  readonly number: number;
  readonly action: ChannelAction;
  readonly pairingId: string;
  readonly previousPairingId: string | null;
  readonly actor: string;
  readonly reason: string;
  readonly evaluationId: string | null;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly previousHash: string;
  readonly hash: string;
};

export const GENESIS_HASH = '0'.repeat(64);

/** SHA-256 over all of a move but its own hash. */
export const moveHashOf = (move: Omit<ChannelMove, 'hash'>): string =>
  hashOf({
    channel: move.channel,
    number: move.number,
    action: move.action,
    pairingId: move.pairingId,
    previousPairingId: move.previousPairingId,
    actor: move.actor,
    reason: move.reason,
    evaluationId: move.evaluationId,
    at: move.at,
    previousHash: move.previousHash,
  });

export type MoveRequest = {
  readonly channel: string;
  readonly action: ChannelAction;
  readonly pairingId: string;
  readonly actor: string;
  readonly reason: string;
  readonly evaluationId: string | null;
  readonly at: string;
};

/** The move that follows `last` (null for the first of a channel). */
export function nextMove(last: ChannelMove | null, request: MoveRequest): ChannelMove {
  const move = {
    ...request,
    number: (last?.number ?? 0) + 1,
    previousPairingId: last?.pairingId ?? null,
    previousHash: last?.hash ?? GENESIS_HASH,
  };
  return { ...move, hash: moveHashOf(move) };
}

/**
 * Throws `history_broken` at the first move of one channel's history that was altered, dropped, put
 * in another order or taken from another channel.
 */
export function verifyHistory(moves: readonly ChannelMove[]): void {
  let last: ChannelMove | null = null;
  for (const move of moves) {
    const sound =
      move.channel === (last?.channel ?? move.channel) &&
      move.number === (last?.number ?? 0) + 1 &&
      move.previousHash === (last?.hash ?? GENESIS_HASH) &&
      move.previousPairingId === (last?.pairingId ?? null) &&
      move.hash === moveHashOf(move);
    if (!sound) {
      throw new AppError(
        'history_broken',
        `move ${move.number} of channel ${move.channel} does not follow from the one before: ` +
          'the history was altered. Restore the registry from a backup.',
      );
    }
    last = move;
  }
}

/**
 * Where a rollback goes: the pairing in force before the last promotion that is still standing.
 * Two rollbacks in a row go back two promotions; a promotion of the pairing already in force is no
 * step. `null` when there is nothing before.
 */
export function rollbackTarget(moves: readonly ChannelMove[]): string | null {
  const standing: string[] = [];
  for (const { action, pairingId } of moves) {
    if (action === 'rollback') {
      const below = standing.lastIndexOf(pairingId, -2);
      standing.length = below < 0 ? Math.max(0, standing.length - 1) : below + 1;
    }
    // A rollback to a pairing that stands nowhere below still puts it in force.
    if (standing.at(-1) !== pairingId) standing.push(pairingId);
  }
  return standing.at(-2) ?? null;
}

/** The pairing in force at an instant (ISO 8601); `null` before the first move. */
export function pairingAt(moves: readonly ChannelMove[], at: string): string | null {
  const instant = Date.parse(at);
  if (Number.isNaN(instant)) {
    throw new AppError('invalid_input', `"${at}" is no instant; write it like 2026-03-01T09:00Z.`, {
      param: 'at',
    });
  }
  const passed = moves.filter((move) => Date.parse(move.at) <= instant);
  return passed.at(-1)?.pairingId ?? null;
}
