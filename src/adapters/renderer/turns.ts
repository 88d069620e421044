/** Lets so many at a time go on, in the order in which they came. */
export type Turns = {
  /** Waits for a turn; gives how to end it. Rejects with the signal's reason. */
  take(signal: AbortSignal): Promise<() => void>;
};

export function createTurns(atOnceMax: number): Turns {
  const line = new Set<() => void>();
  let free = atOnceMax;
  const leave = () => {
    const [next] = line;
    if (next === undefined) free += 1;
    else next();
  };
  return {
    async take(signal) {
      signal.throwIfAborted();
      if (free > 0) free -= 1;
      else await inLine(line, signal);
      return leave;
    },
  };
}

function inLine(line: Set<() => void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const go = () => {
      line.delete(go);
      signal.removeEventListener('abort', giveUp);
      resolve();
    };
    const giveUp = () => {
      line.delete(go);
      reject(signal.reason);
    };
    line.add(go);
    signal.addEventListener('abort', giveUp, { once: true });
  });
}
