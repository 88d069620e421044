import { expect, it } from 'vitest';
import { specHashOf } from '#domain/feature-view.ts';
import type { Registry } from '#ports/registry.ts';
import { outcomes, refusal } from './bed.ts';
import { at, uuid, viewRequest, viewSpec } from './make.ts';

export function viewCases(registry: () => Registry): void {
  const ensure = (tokensMax = 200, fingerprint = 'emb-1', name = 'posts') =>
    registry().views.ensure(viewRequest({ name, spec: viewSpec(tokensMax), fingerprint }));

  it('makes a view once for a spec and an embedder', async () => {
    const view = await ensure();
    expect(view).toEqual({
      id: 'posts@v1',
      name: 'posts',
      version: 1,
      spec: viewSpec(),
      specHash: specHashOf(viewSpec()),
      fingerprint: 'emb-1',
      embedder: 'static:tiny',
      collection: 'posts_v1',
      publishedEpoch: 0,
      firstEpoch: 1,
      readyAt: null,
      droppedAt: null,
      createdAt: at(0),
    });
    expect(await ensure()).toEqual(view);
    expect((await ensure(100)).id).toBe('posts@v2');
    expect((await ensure(200, 'emb-2')).id).toBe('posts@v3');
    expect((await ensure()).id).toBe('posts@v1');
    expect((await ensure(200, 'emb-1', 'notes')).id).toBe('notes@v1');
  });

  it('finds a view by id, and the newest by name', async () => {
    const { views } = registry();
    await ensure(100);
    const newest = await ensure(200);
    expect(await views.get('posts')).toEqual(newest);
    expect((await views.get('posts@v1')).spec.chunker.tokensMax).toBe(100);
    for (const id of ['posts@v3', 'notes', `posts@v${2 ** 40}`]) {
      expect(await refusal(views.get(id), 'not_found')).toContain(id);
    }
    expect((await views.list()).map(({ id }) => id)).toEqual(['posts@v1', 'posts@v2']);
  });

  it('makes one view of many equal requests at once, and one version of each different', async () => {
    const equal = await Promise.all([1, 2, 3, 4, 5].map(() => ensure()));
    expect(new Set(equal.map(({ id }) => id))).toEqual(new Set(['posts@v1']));
    const different = [10, 20, 30, 40, 50].map((tokensMax) => ensure(tokensMax));
    expect(await outcomes(different)).toEqual({ done: 5 });
    expect((await registry().views.list()).map(({ version }) => version)).toEqual([
      1, 2, 3, 4, 5, 6,
    ]);
  });

  it('opens one epoch at a time, and finds it open again', async () => {
    const { views } = registry();
    await ensure();
    const opened = await Promise.all(
      ['r1', 'r2', 'r3', 'r4'].map((run) => views.openEpoch('posts@v1', uuid(run), at(1))),
    );
    expect(new Set(opened.map(({ runId }) => runId)).size).toBe(1);
    expect(await views.epochs('posts@v1')).toEqual([opened[0]]);
    expect(opened[0]).toMatchObject({
      viewId: 'posts@v1',
      number: 1,
      status: 'open',
      openedAt: at(1),
      publishedAt: null,
      documents: null,
      chunks: null,
    });
    await refusal(views.openEpoch('notes@v1', uuid('r1'), at(1)), 'not_found');
  });

  it('forgets an epoch that nothing was committed to, and gives its number again', async () => {
    const { views } = registry();
    await ensure();
    await views.openEpoch('posts@v1', uuid('r1'), at(1));
    expect(await views.discardEmptyEpoch('posts@v1', 1)).toBe(true);
    expect(await views.discardEmptyEpoch('posts@v1', 1)).toBe(false);
    expect(await views.epochs('posts@v1')).toEqual([]);
    expect((await views.openEpoch('posts@v1', uuid('r2'), at(2))).number).toBe(1);
  });
}
