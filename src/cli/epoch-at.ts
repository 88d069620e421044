import { AppError } from '#domain/errors.ts';
import { isPairingId } from '#domain/pairing.ts';
import type { EpochOption } from './parse.ts';
import type { Session } from './session.ts';

/** The pairing that a channel points at, or that an id names. */
export async function pairingIdOf({ lockstep }: Session, target: string): Promise<string> {
  const { channels, pairings } = lockstep.registry;
  if (isPairingId(target)) return (await pairings.get(target)).id;
  return (await channels.get(target)).pairingId;
}

/**
 * The number of an epoch that was asked for, `null` for the published one. Rejects with
 * `invalid_input` for an epoch of another view than the target's: its number means nothing there.
 */
export async function epochAt(
  session: Session,
  target: string,
  asked: EpochOption | undefined,
): Promise<number | null> {
  if (asked === undefined) return null;
  if (asked.viewId === null) return asked.epoch;
  const { pairings } = session.lockstep.registry;
  const { manifest } = await pairings.get(await pairingIdOf(session, target));
  if (manifest.view === asked.viewId) return asked.epoch;
  throw new AppError(
    'invalid_input',
    `${target} answers from ${manifest.view}; ${asked.viewId}#${asked.epoch} is an epoch of ` +
      `another view. Write it like ${manifest.view}#${asked.epoch}.`,
    { param: '--epoch' },
  );
}
