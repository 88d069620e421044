import { describe, expect, it } from 'vitest';
import { AppError } from '#domain/errors.ts';
import { rejection } from '../../fakes/collect.ts';
import { builtBy, changeable, poolOver } from './changeable.ts';

const signal = new AbortController().signal;
const AFTER_MS = 1_000;
const settled = () => new Promise((resolve) => setImmediate(resolve));

async function served(afterMs: number | null) {
  const one = changeable('one');
  const { view } = await builtBy(one);
  let now = 0;
  const clock = { monotonicMs: () => now };
  const pool = poolOver([one], { recheck: { clock, afterMs: () => afterMs } });
  const pass = (ms: number) => {
    now += ms;
  };
  await pool.of(view, signal);
  return { one, view, pool, pass };
}

describe('an embedder that serves for long', () => {
  it('is refused soon after its weights have become others', async () => {
    const { one, view, pool, pass } = await served(AFTER_MS);
    one.slope = 2;
    pass(AFTER_MS - 1);
    expect(await pool.of(view, signal)).toBe(one.embedder);
    await settled();
    expect(await pool.of(view, signal)).toBe(one.embedder);
    pass(1);
    // Whoever asks first is not kept waiting; the next one hears of it.
    expect(await pool.of(view, signal)).toBe(one.embedder);
    await settled();
    expect(await rejection(pool.of(view, signal))).toMatchObject({
      code: 'embedding_space_mismatch',
    });
    one.slope = 1;
    expect(await pool.of(view, signal)).toBe(one.embedder);
  });

  it('goes on while its provider does not answer the check', async () => {
    const { one, view, pool, pass } = await served(AFTER_MS);
    one.failure = new AppError('upstream_unavailable', 'down', { retryable: true });
    pass(AFTER_MS);
    expect(await pool.of(view, signal)).toBe(one.embedder);
    await settled();
    expect(await pool.of(view, signal)).toBe(one.embedder);
  });

  it('is left alone where it cannot change', async () => {
    const { one, view, pool, pass } = await served(null);
    const before = one.calls.length;
    pass(1_000 * AFTER_MS);
    await pool.of(view, signal);
    await settled();
    expect(one.calls).toHaveLength(before);
  });
});
