import { describe, expect, it } from 'vitest';
import { createMemoryIndex } from '#adapters/memory/feature-index.ts';
import { ask, freshView, point, signal } from '../../contracts/feature-index/points.ts';
import { featureIndexContract } from '../../contracts/feature-index.ts';

describe('memory feature index', () => {
  const index = createMemoryIndex();
  featureIndexContract('memory', () => index);

  it('keeps its vectors when the caller changes theirs', async () => {
    const view = await freshView(index);
    const mine = point('mine', { dense: [1, 0, 0] });
    await index.upsert(view, [mine], signal);
    mine.dense.fill(-1);
    const { dense } = await index.search(view, ask({ dense: Float32Array.of(1, 0, 0) }), signal);
    expect(dense.map(({ score }) => score)).toEqual([1]);
  });
});
