import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryBatchQueue } from '#adapters/memory/batch-queue.ts';
import { AppError } from '#domain/errors.ts';
import type { FeatureDeps } from '#features/deps.ts';
import { makeReady } from '#features/view/make-ready.ts';
import { planReembed, reembed } from '#features/view/reembed.ts';
import { createFakeClock } from '../../fakes/clock.ts';
import { watched } from '../publish/watched.ts';
import { type Bed, openBed, SETTINGS, text } from './bed.ts';
import { points } from './damage.ts';

const signal = new AbortController().signal;
let bed: Bed;
beforeAll(async () => {
  bed = await openBed();
});
afterAll(() => bed.end());

async function prepare(): Promise<void> {
  await bed.reset();
  await bed.record('a', text('terns', 'gulls'));
  await bed.record('b', text('puffins'));
  await bed.publish();
  await makeReady(bed.deps, 'posts@v1', () => undefined, signal);
}

async function run(deps: FeatureDeps) {
  const request = { settings: SETTINGS, changes: { embedder: 'static:others' } };
  const plan = await planReembed(deps, request, signal);
  return reembed(deps, { request, plan }, () => undefined, signal);
}

describe('a re-embedding that was cut off', () => {
  it.each(['before', 'after'] as const)(
    '%s any call, is taken up where it stopped, beside what answers meanwhile',
    async (moment) => {
      await prepare();
      const live = await points(bed);
      const shown = await bed.seen('posts@v1');
      await run(bed.deps);
      const built = await points(bed, 'posts@v2');
      const names = new Set<string>();
      let tried = 0;
      for (let failAt = 1; ; failAt += 1) {
        await prepare();
        let calls = 0;
        let cut: string | null = null;
        // One batch after the other, so that the calls come in the same order each time.
        const clock = createFakeClock({ mode: 'auto' });
        const batches = createMemoryBatchQueue({ clock, batchesAtOnce: 1 });
        const one = { ...bed.deps, batches, batchDocumentsMax: 1 };
        const broken = watched(one, (name, when) => {
          if (when !== moment) return;
          calls += 1;
          if (calls !== failAt) return;
          cut = name;
          throw new AppError('internal', `cut at ${name}`);
        });
        await run(broken).catch(() => undefined);
        if (cut === null) break;
        names.add(cut);
        tried += 1;
        expect(await points(bed), `cut at ${cut}`).toEqual(live);
        const { id, readyAt } = await bed.deps.registry.views.get('posts');
        expect(readyAt, `cut at ${cut}`).not.toBeNull();
        expect((await bed.view()).id).toBe(id);
        // The crawl that comes next publishes where pairings may look.
        expect((await bed.publish()).epoch).toBeNull();
        bed.others.texts.length = 0;
        const { view, verification } = await run(bed.deps);
        expect(view).toMatchObject({ id: 'posts@v2', publishedEpoch: 1 });
        expect(verification.passed).toBe(true);
        expect(await points(bed, 'posts@v2')).toEqual(built);
        expect(await bed.seen('posts@v2')).toEqual(shown);
        expect(await bed.deps.registry.views.list()).toHaveLength(2);
      }
      expect([...names]).toEqual(
        expect.arrayContaining([
          'embedders.named',
          'views.ensure',
          'views.commit',
          'embedder.embed',
          'index.upsert',
          'batches.shareOut',
          'views.publish',
          'views.markReady',
        ]),
      );
      expect(tried).toBeGreaterThan(60);
    },
    300_000,
  );
});
