import type { Clock } from '#ports/system.ts';

export type HostLanesOptions = {
  readonly clock: Clock;
  readonly concurrencyMax: number;
  readonly delayMs: number;
};

/** One lane a host: how many are in flight, and when the next may start. */
export type HostLanes = {
  /** Waits for a slot, first come first served, and for the host's delay; gives how to leave. */
  enter(host: string, signal: AbortSignal): Promise<() => void>;
  /** Nothing starts at this host for `ms`. */
  holdOff(host: string, ms: number): void;
  /** The delay between two starts at this host; never shorter than the one for all hosts. */
  setDelay(host: string, delayMs: number): void;
};

type Lane = {
  readonly waiting: Set<() => void>;
  free: number;
  /** Earliest start of the next request, on the monotonic clock. */
  startMs: number;
};

// Beyond this many lanes the idle ones are forgotten, so a crawl of the whole web stays small.
const LANES_KEPT_MAX = 1024;

export function createHostLanes(options: HostLanesOptions): HostLanes {
  const { clock, concurrencyMax, delayMs } = options;
  const lanes = new Map<string, Lane>();
  const delays = new Map<string, number>();

  function laneOf(host: string): Lane {
    const known = lanes.get(host);
    if (known) return known;
    if (lanes.size >= LANES_KEPT_MAX) forgetIdle();
    const lane: Lane = { waiting: new Set(), free: concurrencyMax, startMs: 0 };
    lanes.set(host, lane);
    return lane;
  }

  function forgetIdle(): void {
    const now = clock.monotonicMs();
    for (const [host, lane] of lanes) {
      if (lane.free === concurrencyMax && lane.startMs <= now) lanes.delete(host);
    }
  }

  async function waitForStart(host: string, lane: Lane, signal: AbortSignal): Promise<void> {
    // Again after each sleep: another request may have started, or the host been held off.
    for (;;) {
      signal.throwIfAborted();
      const now = clock.monotonicMs();
      if (lane.startMs <= now) {
        lane.startMs = now + (delays.get(host) ?? delayMs);
        return;
      }
      await clock.sleep(lane.startMs - now, signal);
    }
  }

  return {
    async enter(host, signal) {
      const lane = laneOf(host);
      await takeSlot(lane, signal);
      try {
        await waitForStart(host, lane, signal);
      } catch (thrown) {
        giveBack(lane);
        throw thrown;
      }
      return once(() => giveBack(lane));
    },
    holdOff(host, ms) {
      const lane = laneOf(host);
      lane.startMs = Math.max(lane.startMs, clock.monotonicMs() + ms);
    },
    setDelay: (host, ms) => void delays.set(host, Math.max(ms, delayMs)),
  };
}

function takeSlot(lane: Lane, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (lane.free > 0) {
    lane.free -= 1;
    return Promise.resolve();
  }
  return new Promise((resolve, reject) => {
    const proceed = () => {
      signal.removeEventListener('abort', leave);
      resolve();
    };
    const leave = () => {
      lane.waiting.delete(proceed);
      reject(signal.reason);
    };
    lane.waiting.add(proceed);
    signal.addEventListener('abort', leave, { once: true });
  });
}

/** Hands the slot to the one that waited longest, or leaves it free. */
function giveBack(lane: Lane): void {
  const [next] = lane.waiting;
  if (next === undefined) {
    lane.free += 1;
    return;
  }
  lane.waiting.delete(next);
  next();
}

function once(act: () => void): () => void {
  let done = false;
  return () => {
    if (!done) act();
    done = true;
  };
}
