import { AppError } from '#domain/errors.ts';

/** Lets so many at a time go on, in the order in which they came. */
export type Turns = {
  /**
   * What ends the turn, once there is one; `null` when the signal aborts first. Rejects when
   * `waitingMax` wait already.
   */
  take(signal: AbortSignal): Promise<(() => void) | null>;
};

export function createTurns(limits: { atOnceMax: number; waitingMax: number }): Turns {
  const line = new Set<(hasTurn: boolean) => void>();
  let free = limits.atOnceMax;

  const wait = (signal: AbortSignal): Promise<boolean> =>
    new Promise((resolve) => {
      const leaveLine = () => go(false);
      const go = (hasTurn: boolean) => {
        line.delete(go);
        signal.removeEventListener('abort', leaveLine);
        resolve(hasTurn);
      };
      line.add(go);
      signal.addEventListener('abort', leaveLine, { once: true });
    });
  // A turn is handed over, so that nobody can come between.
  const end = () => {
    const [next] = line;
    if (next === undefined) free += 1;
    else next(true);
  };

  return {
    async take(signal) {
      if (signal.aborted) return null;
      if (free > 0) {
        free -= 1;
        return end;
      }
      if (line.size >= limits.waitingMax) {
        const message = `${line.size} pages wait to be read already; ask for fewer at once`;
        throw new AppError('internal', message);
      }
      return (await wait(signal)) ? end : null;
    },
  };
}
