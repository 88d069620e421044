import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createTurns } from '#adapters/page-reader/turns.ts';

const never = new AbortController().signal;

it('lets nobody wait beyond its line', async () => {
  const turns = createTurns({ atOnceMax: 1, waitingMax: 1 });
  const end = await turns.take(never);
  const waiting = turns.take(never);
  await expect(turns.take(never)).rejects.toMatchObject({ code: 'internal' });
  end?.();
  expect(await waiting).toBeTypeOf('function');
});

it('gives no more turns than there are, loses none, and keeps their order', () =>
  fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.record({ aborts: fc.boolean(), ticks: fc.nat(3) }), { maxLength: 30 }),
      async (atOnceMax, takers) => {
        const turns = createTurns({ atOnceMax, waitingMax: 100 });
        const served: number[] = [];
        let [now, most] = [0, 0];
        const takes = takers.map(async ({ aborts, ticks }, at) => {
          const abort = new AbortController();
          if (aborts) queueMicrotask(() => abort.abort());
          const end = await turns.take(abort.signal);
          if (end === null) return;
          served.push(at);
          now += 1;
          most = Math.max(most, now);
          for (let tick = 0; tick < ticks; tick += 1) await null;
          now -= 1;
          end();
        });
        await Promise.all(takes);
        expect(most).toBeLessThanOrEqual(atOnceMax);
        expect(served).toEqual([...served].sort((a, b) => a - b));
        takers.forEach(({ aborts }, at) => {
          if (!aborts) expect(served).toContain(at);
        });
        const left = Array.from({ length: atOnceMax }, () => turns.take(never));
        expect(await Promise.all(left)).not.toContain(null);
      },
    ),
  ));
