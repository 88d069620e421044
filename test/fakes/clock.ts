import type { Clock } from '#ports/system.ts';

export type FakeClockOptions = {
  /** ISO 8601. */
  readonly now?: string;
  /** `manual`: time stands still until `advance`. `auto`: a sleep takes its time at once. */
  readonly mode?: 'manual' | 'auto';
};

export type FakeClock = Clock & {
  /** Every sleep that was asked for, in milliseconds, in order. */
  readonly sleeps: readonly number[];
  /** Sleeps that have not ended. */
  sleeping(): number;
  /** Moves time and wakes, in order of their hour, those whose time has come. */
  advance(ms: number): Promise<void>;
  /** Resolves once a sleep that matches is under way; at once when there is one. */
  whenSleeping(matches: (ms: number) => boolean): Promise<void>;
};

type Sleeper = { readonly ms: number; readonly atMs: number; readonly wake: () => void };
type Watcher = { readonly matches: (ms: number) => boolean; readonly tell: () => void };

/** A clock that only its test moves. */
export function createFakeClock(options: FakeClockOptions = {}): FakeClock {
  const startMs = Date.parse(options.now ?? '2026-01-02T03:04:05.000Z');
  const isAuto = options.mode === 'auto';
  const sleeps: number[] = [];
  const sleepers = new Set<Sleeper>();
  const watchers = new Set<Watcher>();
  let passedMs = 0;

  function announce(ms: number): void {
    for (const watcher of watchers) {
      if (!watcher.matches(ms)) continue;
      watchers.delete(watcher);
      watcher.tell();
    }
  }

  function sleepUntilWoken(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        sleepers.delete(sleeper);
        reject(signal.reason);
      };
      const wake = () => {
        sleepers.delete(sleeper);
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const sleeper = { ms, atMs: passedMs + ms, wake };
      sleepers.add(sleeper);
      signal.addEventListener('abort', leave, { once: true });
      announce(ms);
    });
  }

  return {
    now: () => new Date(startMs + passedMs).toISOString(),
    monotonicMs: () => passedMs,
    async sleep(ms, signal) {
      signal.throwIfAborted();
      sleeps.push(ms);
      if (!isAuto) return sleepUntilWoken(ms, signal);
      passedMs += Math.max(ms, 0);
    },
    sleeps,
    sleeping: () => sleepers.size,
    async advance(ms) {
      const untilMs = passedMs + ms;
      for (;;) {
        const [next] = [...sleepers]
          .filter(({ atMs }) => atMs <= untilMs)
          .sort((one, other) => one.atMs - other.atMs);
        if (next === undefined) break;
        passedMs = Math.max(passedMs, next.atMs);
        next.wake();
        // What was woken may sleep again within the time that passes.
        await new Promise((resolve) => setImmediate(resolve));
      }
      passedMs = untilMs;
    },
    whenSleeping(matches) {
      if ([...sleepers].some(({ ms }) => matches(ms))) return Promise.resolve();
      return new Promise((tell) => watchers.add({ matches, tell }));
    },
  };
}
