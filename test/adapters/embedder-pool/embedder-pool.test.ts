import { describe, expect, it } from 'vitest';
import { PROBE_TEXTS } from '#domain/embedding.ts';
import { AppError } from '#domain/errors.ts';
import type { Embedder } from '#ports/embedder.ts';
import { rejection } from '../../fakes/collect.ts';
import { builtBy, changeable, poolOver } from './changeable.ts';

const signal = new AbortController().signal;
const down = () => new AppError('upstream_unavailable', 'down', { retryable: true });

describe('of', () => {
  it('gives each view the embedder it was built with', async () => {
    const [one, other] = [changeable('one'), changeable('other')];
    const pool = poolOver([one, other]);
    expect(await pool.of((await builtBy(other)).view, signal)).toBe(other.embedder);
    expect(await pool.of((await builtBy(one)).view, signal)).toBe(one.embedder);
  });

  it('embeds the probes once, however often and at once it is asked', async () => {
    const one = changeable('one');
    const { view } = await builtBy(one);
    const pool = poolOver([one]);
    await Promise.all([pool.of(view, signal), pool.of(view, signal)]);
    await pool.of(view, signal);
    expect(one.calls.slice(1)).toEqual([PROBE_TEXTS]);
  });

  it('refuses an embedder of the same spec that gives other vectors, naming both', async () => {
    const { view, probes } = await builtBy(changeable('one'));
    const drifted = changeable('one', 1.5);
    for (const known of [[], probes]) {
      const pool = poolOver([drifted], { probesOf: async () => known });
      const failure = await rejection(pool.of(view, signal));
      expect(failure).toMatchObject({ code: 'embedding_space_mismatch', retryable: false });
      expect(String(failure)).toContain(view.fingerprint);
      expect(String(failure)).toContain((await builtBy(drifted)).view.fingerprint);
    }
  });

  it('refuses another model of the same dimension, naming those there are', async () => {
    const { view, probes } = await builtBy(changeable('one'));
    // The very same vectors do not make it the model that the view was built with.
    const pool = poolOver([changeable('other')], { probesOf: async () => probes });
    const failure = await rejection(pool.of(view, signal));
    expect(failure).toMatchObject({ code: 'embedding_space_mismatch' });
    expect(String(failure)).toContain('static:one');
    expect(String(failure)).toContain('static:other');
    expect(String(await rejection(poolOver([]).of(view, signal)))).toContain('no embedder');
  });

  it('takes vectors that differ in their last bits for the same, where the probes were kept', async () => {
    const one = changeable('one');
    const { view, probes } = await builtBy(one);
    one.slope = 1 + 1e-5;
    expect((await builtBy(one)).view.fingerprint).not.toBe(view.fingerprint);
    const pool = poolOver([one], { probesOf: async () => probes });
    expect(await pool.of(view, signal)).toBe(one.embedder);
    await pool.check(view, signal);
    expect(await rejection(poolOver([one]).of(view, signal))).toMatchObject({
      code: 'embedding_space_mismatch',
    });
  });

  it('does not remember that a provider was down', async () => {
    const one = changeable('one');
    const { view } = await builtBy(one);
    const pool = poolOver([one]);
    one.failure = down();
    expect(await rejection(pool.of(view, signal))).toMatchObject({ code: 'upstream_unavailable' });
    one.failure = null;
    expect(await pool.of(view, signal)).toBe(one.embedder);
  });

  it('lets one caller leave without taking the check away from another', async () => {
    const gate = Promise.withResolvers<void>();
    const one = changeable('one');
    const { view } = await builtBy(one);
    const load = () => gate.promise.then(() => one.embedder);
    const pool = poolOver([one], { load });
    const controller = new AbortController();
    const leaving = rejection(pool.of(view, controller.signal));
    const staying = pool.of(view, signal);
    controller.abort();
    expect(await leaving).toBe(controller.signal.reason);
    gate.resolve();
    expect(await staying).toBe(one.embedder);
    expect(await rejection(pool.of(view, controller.signal))).toBe(controller.signal.reason);
  });

  it('wraps what it gives in what remembers the view’s vectors', async () => {
    const one = changeable('one');
    const { view } = await builtBy(one);
    const told: string[] = [];
    const remember = (embedder: Embedder, { id }: { readonly id: string }) => {
      told.push(id);
      return { ...embedder, embed: async () => [Float32Array.of(7, 7)] };
    };
    const pool = poolOver([one], { remember });
    const wrapped = await pool.of(view, signal);
    expect(await wrapped.embed(['x'], 'document', signal)).toEqual([Float32Array.of(7, 7)]);
    expect(await pool.of(view, signal)).toBe(wrapped);
    expect(told).toEqual([view.id]);
    // What is remembered would hide that the weights changed.
    one.slope = 2;
    expect(await rejection(pool.check(view, signal))).toMatchObject({
      code: 'embedding_space_mismatch',
    });
  });
});

describe('check', () => {
  it('looks again however often it was asked, and then refuses in `of` as well', async () => {
    const one = changeable('one');
    const { view } = await builtBy(one);
    const pool = poolOver([one]);
    expect(await pool.of(view, signal)).toBe(one.embedder);
    await pool.check(view, signal);
    await pool.check(view, signal);
    expect(one.calls).toHaveLength(4);
    one.slope = 1.5;
    expect(await rejection(pool.check(view, signal))).toMatchObject({
      code: 'embedding_space_mismatch',
    });
    expect(await rejection(pool.of(view, signal))).toMatchObject({
      code: 'embedding_space_mismatch',
    });
    one.slope = 1;
    await pool.check(view, signal);
    expect(await pool.of(view, signal)).toBe(one.embedder);
  });

  it('goes on with what it had found while the provider is away', async () => {
    const one = changeable('one');
    const { view } = await builtBy(one);
    const pool = poolOver([one]);
    await pool.of(view, signal);
    one.failure = down();
    expect(await rejection(pool.check(view, signal))).toMatchObject({ retryable: true });
    expect(await pool.of(view, signal)).toBe(one.embedder);
  });

  it('is left by whoever aborts', async () => {
    const { view } = await builtBy(changeable('one'));
    const pool = poolOver([], { load: () => new Promise(() => undefined) });
    const controller = new AbortController();
    const leaving = rejection(pool.named(null, controller.signal));
    controller.abort();
    expect(await leaving).toBe(controller.signal.reason);
    expect(await rejection(pool.check(view, controller.signal))).toBe(controller.signal.reason);
  });
});

describe('names that may lead to a view’s embedder', () => {
  it('are loaded once each, in their order, and not beyond the one that fits', async () => {
    const all = ['a', 'b', 'c', 'd'].map((model) => changeable(model));
    const loads: string[] = [];
    const inner = poolOver(all);
    const load = async (reference: string) => {
      loads.push(reference);
      return (await inner.named(reference, signal)).embedder;
    };
    const pool = poolOver(all, { load });
    const [first, second, third] = all;
    if (!first || !second || !third) throw new Error('there are four');
    expect(await pool.of((await builtBy(third)).view, signal)).toBe(third.embedder);
    expect(await pool.of((await builtBy(second)).view, signal)).toBe(second.embedder);
    expect(await pool.of({ ...(await builtBy(first)).view, id: 'posts@v9' }, signal)).toBe(
      first.embedder,
    );
    expect(loads).toEqual(['static:0', 'static:1', 'static:2']);
  });

  it('are passed over when nothing can be loaded by them, which is told', async () => {
    const one = changeable('one');
    const told: string[] = [];
    const pool = poolOver([one], {
      referencesOf: async () => ['static:gone', 'static:0'],
      onUnloadable: (reference, why) => told.push(`${reference}: ${String(why)}`),
    });
    expect(await pool.of((await builtBy(one)).view, signal)).toBe(one.embedder);
    expect(told).toEqual(['static:gone: Error: there is no static:gone']);
  });

  it('are asked again, and no mismatch is claimed, while one of them is down', async () => {
    const [one, other] = [changeable('one'), changeable('other')];
    let isDown = true;
    const load = async (reference: string) => {
      if (reference === 'static:0') return other.embedder;
      if (isDown) throw down();
      return one.embedder;
    };
    const pool = poolOver([other, one], { load });
    const { view } = await builtBy(one);
    expect(await rejection(pool.of(view, signal))).toMatchObject({
      code: 'upstream_unavailable',
      retryable: true,
    });
    expect(await pool.of((await builtBy(other)).view, signal)).toBe(other.embedder);
    isDown = false;
    expect(await pool.of(view, signal)).toBe(one.embedder);
  });

  it('are named when none of them leads to it', async () => {
    const pool = poolOver([], { referencesOf: async () => ['static:gone'] });
    const failure = await rejection(pool.of((await builtBy(changeable('one'))).view, signal));
    expect(failure).toMatchObject({ code: 'embedding_space_mismatch' });
    expect(String(failure)).toContain('there is no static:gone');
  });
});

describe('named', () => {
  it('gives the configured embedder for null, with its probes and fingerprint, found out once', async () => {
    const [one, other] = [changeable('one'), changeable('other')];
    const pool = poolOver([one, other]);
    const { view, probes } = await builtBy(one);
    const known = await pool.named(null, signal);
    expect(known).toEqual({ embedder: one.embedder, fingerprint: view.fingerprint, probes });
    expect(await pool.named('static:0', signal)).toBe(known);
    expect(one.calls).toHaveLength(2);
    expect((await pool.named('static:1', signal)).embedder).toBe(other.embedder);
    expect(pool.configured).toBe('static:0');
  });

  it('gives the vectors of now once a check has found that they changed', async () => {
    const one = changeable('one');
    const { view } = await builtBy(one);
    const pool = poolOver([one]);
    await pool.named(null, signal);
    one.slope = 1.5;
    await rejection(pool.check(view, signal));
    expect((await pool.named(null, signal)).fingerprint).toBe(
      (await builtBy(one)).view.fingerprint,
    );
  });

  it('rejects with invalid_config, or with what may pass, and asks again', async () => {
    const one = changeable('one');
    const pool = poolOver([one]);
    const refused = await rejection(pool.named('static:9', signal));
    expect(refused).toMatchObject({ code: 'invalid_config' });
    expect(String(refused)).toContain('embedder static:9: ');
    one.failure = down();
    expect(await rejection(pool.named(null, signal))).toMatchObject({ retryable: true });
    one.failure = null;
    expect((await pool.named(null, signal)).embedder).toBe(one.embedder);
  });
});
