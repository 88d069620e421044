import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchesOf } from '#adapters/qdrant/upsert.ts';
import {
  allOf,
  idOf,
  point,
  signal,
  terms,
  viewNumber,
} from '../../contracts/feature-index/points.ts';
import { countOf, useServer } from './using-server.ts';

const view = viewNumber(1, 3, 'upserts');
const many = (count: number) => Array.from({ length: count }, (_, n) => point(`upserted ${n}`));

describe('qdrant upserts', () => {
  const { server, index } = useServer();

  it('go in requests of bounded length, a few at once, and wait for each', async () => {
    const mine = index({ limits: { requestPointsMax: 50, requestsAtOnceMax: 3 } });
    await mine.ensure(view, signal);
    await mine.upsert(view, many(1_010), signal);
    expect(countOf(server(), /PUT .*points\?wait=true/)).toBe(21);
    expect(server().seen.atOnce).toBeLessThanOrEqual(3);
    expect(await mine.count(view, 1, signal)).toBe(1_010);
  });

  it('go in requests of bounded size', async () => {
    const mine = index({ limits: { requestBytesMax: 100_000 } });
    await mine.ensure(view, signal);
    const points = Array.from({ length: 60 }, (_, n) =>
      point(`large ${n}`, { text: 'é\n'.repeat(n * 100), sparse: terms([n, 1 / 3]) }),
    );
    await mine.upsert(view, points, signal);
    expect(server().seen.bodyBytes).toBeLessThan(101_000);
    expect(await allOf(mine.scan(view, signal))).toHaveLength(60);
  });

  it('stop at the first failure, and can be repeated', async () => {
    const mine = index({ limits: { requestPointsMax: 10, requestsAtOnceMax: 2 } });
    await mine.ensure(view, signal);
    server().fail(/PUT .*points/, { status: 400, body: { status: { error: 'Wrong input: x' } } });
    await expect(mine.upsert(view, many(500), signal)).rejects.toMatchObject({
      code: 'upstream_rejected',
      message: expect.stringContaining('Wrong input: x'),
    });
    expect(countOf(server(), /PUT .*points/)).toBeLessThan(5);
    await mine.upsert(view, many(500), signal);
    expect(await mine.count(view, 1, signal)).toBe(500);
  });

  it('are not taken for done when the server has only heard of them', async () => {
    const mine = index();
    await mine.ensure(view, signal);
    const body = { result: { operation_id: 1, status: 'wait_timeout' }, status: 'ok', time: 0 };
    server().fail(/PUT .*points/, { status: 200, body });
    await expect(mine.upsert(view, many(1), signal)).rejects.toMatchObject({
      code: 'upstream_unavailable',
      retryable: true,
      message: expect.stringContaining('wait_timeout'),
    });
  });

  it('of one id many times end with the last', async () => {
    const mine = index({ limits: { requestPointsMax: 1 } });
    await mine.ensure(view, signal);
    const points = Array.from({ length: 30 }, (_, n) => point('the same', { text: `text ${n}` }));
    await mine.upsert(view, points, signal);
    const [member] = await mine.fetch(view, [idOf('the same')], signal);
    expect(member?.chunk.text).toBe('text 29');
  });

  it.each([
    ['a vector that is not finite', { dense: [1, Number.NaN, 0] }, {}],
    ['a weight that is not finite', { sparse: terms([1, Number.POSITIVE_INFINITY]) }, {}],
    ['an id that is no UUID', {}, { id: 'first' }],
    ['half a surrogate pair', { tags: ['a', '\udc00'] }, {}],
  ])('refuse %s before anything is sent', async (_, parts, member) => {
    const mine = index();
    await mine.ensure(view, signal);
    const plain = point('odd', parts);
    const odd = { ...plain, member: { ...plain.member, ...member } };
    await expect(mine.upsert(view, [point('fine'), odd], signal)).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining(odd.member.id),
    });
    expect(countOf(server(), /PUT .*points/)).toBe(0);
  });

  it('of nothing send nothing', async () => {
    const mine = index();
    await mine.ensure(view, signal);
    await mine.upsert(view, [], signal);
    await mine.setEnd(view, ['no uuid'], 2, signal);
    await mine.remove(view, [], signal);
    expect(countOf(server(), /points/)).toBe(0);
  });
});

it('batches keep every point in order, and are no larger than they may unless one point is', () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 40 });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 7 }), (lengths, requestPointsMax) => {
      const points = lengths.map((length, n) => point(`${n}`, { text: 'x'.repeat(length) }));
      const batches = [...batchesOf(points, { requestPointsMax, requestBytesMax: 4_000 })];
      expect(batches.flat()).toEqual(points);
      for (const batch of batches) {
        expect(batch.length).toBeGreaterThan(0);
        expect(batch.length).toBeLessThanOrEqual(requestPointsMax);
        const text = batch.reduce((sum, { member }) => sum + member.chunk.text.length, 0);
        if (batch.length > 1) expect(text).toBeLessThan(4_000);
      }
    }),
  );
});
