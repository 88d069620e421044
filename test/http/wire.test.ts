import { expect, it } from 'vitest';
import { answerIdOf, completionId, createSeconds } from '#http/wire.ts';
import { createFakeClock } from '../fakes/clock.ts';

it('finds the answer of a completion', () => {
  expect(answerIdOf(completionId('0198c0de'))).toBe('0198c0de');
  expect(answerIdOf('0198c0de')).toBe('0198c0de');
});

it('tells the second exactly, and asks the clock once a second', async () => {
  const clock = createFakeClock({ now: '2026-01-02T03:04:05.750Z' });
  let asked = 0;
  const now = () => {
    asked += 1;
    return clock.now();
  };
  const seconds = createSeconds({ now, monotonicMs: clock.monotonicMs });
  const first = Date.parse('2026-01-02T03:04:05.000Z') / 1_000;
  expect([seconds(), seconds(), asked]).toEqual([first, first, 1]);
  await clock.advance(249);
  expect([seconds(), asked]).toEqual([first, 1]);
  await clock.advance(1);
  expect([seconds(), asked]).toEqual([first + 1, 2]);
});
