import { describe, expect, it } from 'vitest';
import { createHostLanes } from '#adapters/fetcher/host-lanes.ts';
import { createFakeClock } from '../../fakes/clock.ts';
import { fetcherWith, serve, visit } from './loopback.ts';

const settle = () => new Promise((resolve) => setImmediate(resolve));
const { signal } = new AbortController();

function lanesWith(concurrencyMax: number, delayMs: number) {
  const clock = createFakeClock();
  const lanes = createHostLanes({ clock, concurrencyMax, delayMs });
  const entered: string[] = [];
  const leaving = new Map<string, () => void>();
  const enter = async (name: string, host = 'a.example', aborts: AbortSignal = signal) => {
    leaving.set(name, await lanes.enter(host, aborts));
    entered.push(`${name}@${clock.monotonicMs()}`);
  };
  const leave = async (name: string) => {
    leaving.get(name)?.();
    await settle();
  };
  return { clock, lanes, entered, enter, leave };
}

describe('slots', () => {
  it('are given first come first served, up to the cap of each host', async () => {
    const { entered, enter, leave } = lanesWith(2, 0);
    const all = ['1', '2', '3', '4'].map((name) => enter(name));
    const elsewhere = enter('x', 'b.example');
    await settle();
    expect(entered).toEqual(['1@0', '2@0', 'x@0']);
    await leave('2');
    expect(entered.slice(3)).toEqual(['3@0']);
    await leave('1');
    await Promise.all([...all, elsewhere]);
    expect(entered.slice(4)).toEqual(['4@0']);
  });

  it('are given back once, however often one leaves', async () => {
    const { entered, enter, leave } = lanesWith(1, 0);
    const waiting = ['1', '2', '3'].map((name) => enter(name));
    await settle();
    await leave('1');
    await leave('1');
    expect(entered).toEqual(['1@0', '2@0']);
    await leave('2');
    await Promise.all(waiting);
  });

  it('pass over whoever has aborted', async () => {
    const { entered, enter, leave } = lanesWith(1, 0);
    const controller = new AbortController();
    const reason = new Error('enough');
    await enter('1');
    const aborted = enter('2', 'a.example', controller.signal);
    const third = enter('3');
    controller.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    await leave('1');
    await third;
    expect(entered).toEqual(['1@0', '3@0']);
  });

  it('are given back by whoever aborts while waiting for the delay', async () => {
    const { clock, entered, enter, leave } = lanesWith(1, 100);
    const controller = new AbortController();
    await enter('1');
    await leave('1');
    const aborted = enter('2', 'a.example', controller.signal);
    await clock.whenSleeping((ms) => ms === 100);
    controller.abort();
    await expect(aborted).rejects.toBe(controller.signal.reason);
    const third = enter('3');
    await clock.whenSleeping((ms) => ms === 100);
    await clock.advance(100);
    await third;
    expect(entered).toEqual(['1@0', '3@100']);
  });
});

describe('the delay', () => {
  it('lies between starts, even when slots are free', async () => {
    const { clock, entered, enter } = lanesWith(3, 100);
    const all = ['1', '2', '3'].map((name) => enter(name));
    await settle();
    await clock.advance(1_000);
    await Promise.all(all);
    expect(entered).toEqual(['1@0', '2@100', '3@200']);
  });

  it('may be longer for one host, and never shorter than for all', async () => {
    const { clock, lanes, entered, enter } = lanesWith(2, 100);
    lanes.setDelay('a.example', 5_000);
    lanes.setDelay('b.example', 1);
    const all = [enter('1'), enter('2'), enter('x', 'b.example'), enter('y', 'b.example')];
    await settle();
    await clock.advance(10_000);
    await Promise.all(all);
    expect(entered).toEqual(['1@0', 'x@0', 'y@100', '2@5000']);
  });

  it('grows by a hold-off, also for those who wait already', async () => {
    const { clock, lanes, entered, enter } = lanesWith(3, 100);
    await enter('1');
    const second = enter('2');
    await settle();
    lanes.holdOff('a.example', 700);
    lanes.holdOff('a.example', 50);
    const third = enter('3');
    await settle();
    await clock.advance(2_000);
    await Promise.all([second, third]);
    expect(entered.map((entry) => entry.split('@')[1])).toEqual(['0', '700', '800']);
  });

  it('outlives the forgetting of idle hosts', async () => {
    const { clock, lanes, entered, enter, leave } = lanesWith(1, 0);
    lanes.holdOff('a.example', 500);
    for (let n = 0; n < 3_000; n += 1) {
      await enter(`${n}`, `${n}.example`);
      await leave(`${n}`);
    }
    const held = enter('held');
    await clock.whenSleeping((ms) => ms === 500);
    await clock.advance(500);
    await held;
    expect(entered.at(-1)).toBe('held@500');
  });
});

describe('the fetcher', () => {
  it('has no more than the cap in flight at one host', async () => {
    const clock = createFakeClock();
    let inFlight = 0;
    let most = 0;
    const origin = await serve((_, response) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      setTimeout(() => {
        inFlight -= 1;
        response.writeHead(200, { 'content-type': 'text/html' }).end('page');
      }, 5);
    });
    const fetcher = fetcherWith({ clock, limits: { concurrencyPerHostMax: 3 } });
    const visits = Array.from({ length: 12 }, (_, n) => visit(fetcher, `${origin}/${n}`));
    const kinds = new Set((await Promise.all(visits)).map(({ kind }) => kind));
    expect([...kinds, most]).toEqual(['fetched', 3]);
  });

  it('keeps the delay that a host was given, by name and port', async () => {
    const clock = createFakeClock();
    let asked = 0;
    const origin = await serve((_, response) => {
      asked += 1;
      response.end();
    });
    const fetcher = fetcherWith({ clock });
    fetcher.setHostDelay(new URL(origin).host, 4_000);
    await visit(fetcher, origin);
    const second = visit(fetcher, origin);
    await clock.whenSleeping((ms) => ms === 4_000);
    expect(asked).toBe(1);
    await clock.advance(4_000);
    await second;
    expect(asked).toBe(2);
  });
});
