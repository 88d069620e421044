import { describe, expect, it } from 'vitest';
import { createPace, durationMs, retryAfterOf } from '#adapters/openai/embedder-pace.ts';
import { createFakeClock } from '../../fakes/clock.ts';

const signal = new AbortController().signal;

function open() {
  const clock = createFakeClock({ mode: 'auto' });
  const pace = createPace({ name: 'openai:x', pauseMsMax: 60_000, clock });
  const learn = (headers: Record<string, string>) => pace.learn(new Headers(headers));
  return { clock, pace, learn };
}

describe('the pace of requests', () => {
  it('is free as long as nothing is known', async () => {
    const { clock, pace } = open();
    await pace.wait(1_000_000, signal);
    expect(clock.sleeps).toEqual([]);
  });

  it('waits until the tokens that are missing have grown again', async () => {
    const { clock, pace, learn } = open();
    learn({
      'x-ratelimit-limit-tokens': '1000',
      'x-ratelimit-remaining-tokens': '400',
      'x-ratelimit-reset-tokens': '6s',
    });
    await pace.wait(300, signal);
    expect(clock.sleeps).toEqual([]);
    // 100 are left and 100 more come every second.
    await pace.wait(500, signal);
    expect(clock.sleeps).toEqual([4_000]);
    await pace.wait(200, signal);
    expect(clock.sleeps).toEqual([4_000, 2_000]);
  });

  it('waits for requests too, and never for more than there can be', async () => {
    const { clock, pace, learn } = open();
    learn({
      'x-ratelimit-limit-requests': '10',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '1m0s',
      'x-ratelimit-limit-tokens': '100',
      'x-ratelimit-remaining-tokens': '90',
      'x-ratelimit-reset-tokens': '100ms',
    });
    await pace.wait(5_000, signal);
    expect(clock.sleeps).toEqual([6_000]);
  });

  it('holds everyone back after a refusal', async () => {
    const { clock, pace } = open();
    pace.pause(2_500);
    pace.pause(1_000);
    await pace.wait(1, signal);
    await pace.wait(1, signal);
    expect(clock.sleeps).toEqual([2_500]);
  });

  it('does not wait longer than it may', async () => {
    const { pace, learn } = open();
    expect(() => pace.pause(60_001)).toThrow(/asks to wait for 61 s/);
    learn({
      'x-ratelimit-limit-requests': '1',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '24h',
    });
    await expect(pace.wait(1, signal)).rejects.toMatchObject({
      code: 'rate_limited',
      retryable: true,
    });
  });

  it('is left by whoever aborts', async () => {
    const clock = createFakeClock();
    const pace = createPace({ name: 'openai:x', pauseMsMax: 60_000, clock });
    pace.pause(5_000);
    const leave = new AbortController();
    const waiting = pace.wait(1, leave.signal);
    leave.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });

  it.each([
    [{ 'x-ratelimit-limit-tokens': '10' }],
    [
      {
        'x-ratelimit-limit-tokens': '10',
        'x-ratelimit-remaining-tokens': '-3',
        'x-ratelimit-reset-tokens': '1s',
      },
    ],
    [
      {
        'x-ratelimit-limit-tokens': 'many',
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-tokens': '1s',
      },
    ],
    [
      {
        'x-ratelimit-limit-tokens': '10',
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-tokens': 'soon',
      },
    ],
    [
      {
        'x-ratelimit-limit-tokens': '10',
        'x-ratelimit-remaining-tokens': '10',
        'x-ratelimit-reset-tokens': '0s',
      },
    ],
  ])('makes nothing of %j', async (headers) => {
    const { clock, pace, learn } = open();
    learn(headers);
    await pace.wait(50, signal);
    expect(clock.sleeps).toEqual([]);
  });
});

describe('times in headers', () => {
  it.each([
    ['1s', 1_000],
    ['6m0s', 360_000],
    ['20ms', 20],
    ['1h2m3.5s', 3_723_500],
    ['0.4', 400],
    ['12', 12_000],
    ['', null],
    ['s', null],
    ['1s later', null],
    [null, null],
  ])('%j is %j ms', (text, ms) => expect(durationMs(text)).toBe(ms));

  const now = '2026-01-02T03:04:05.000Z';
  it.each([
    [{ 'retry-after': '3' }, 3_000],
    [{ 'retry-after': 'Fri, 02 Jan 2026 03:04:15 GMT' }, 10_000],
    [{ 'retry-after': 'Fri, 02 Jan 2026 03:00:00 GMT' }, 0],
    [{ 'retry-after': '3', 'retry-after-ms': '250' }, 250],
    [{ 'retry-after': 'never' }, null],
    [{}, null],
  ])('%j asks for %j ms', (headers, ms) => {
    expect(retryAfterOf(new Headers(Object.entries(headers)), now)).toBe(ms);
  });
});
