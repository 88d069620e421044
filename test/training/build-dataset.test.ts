import { describe, expect, it } from 'vitest';
import { type DatasetKind, type DatasetManifest, SPLITS } from '#domain/dataset.ts';
import { AppError } from '#domain/errors.ts';
import { sha256 } from '#domain/hash.ts';
import type { Progress } from '#domain/run.ts';
import { buildDataset, takeSnapshot } from '#training/pipeline.ts';
import { blogPosts } from './posts.ts';
import { contents, createWorld, never, quiet } from './world.ts';

type World = ReturnType<typeof createWorld>;

async function build(world: World, request: { kind: DatasetKind; name?: string; seed?: number }) {
  const snapshot = await takeSnapshot(world, { viewId: 'posts', epoch: null, filter: {} });
  const { kind, name = kind, seed = 7 } = request;
  return buildDataset(world, { kind, name, seed, snapshotId: snapshot.id }, quiet, never());
}

const linesOf = (world: World, folder: string, name: string): readonly string[] =>
  world.folders.get(folder)?.get(name) ?? [];

const rowsOf = (world: World, folder: string) =>
  SPLITS.flatMap((split) =>
    linesOf(world, folder, `${split}.jsonl`).map((line) => ({ split, row: JSON.parse(line) })),
  );

describe.each(['instruct', 'retrieval'] as const)('%s', (kind) => {
  it('writes three splits and a manifest that says what is in them', async () => {
    const world = createWorld(contents(blogPosts()));
    const { dataset, isNew } = await build(world, { kind });
    expect(isNew).toBe(true);
    expect(dataset).toMatchObject({
      id: `${kind}@v1`,
      name: kind,
      version: 1,
      folder: `${kind}@v1`,
    });
    const manifest: DatasetManifest = JSON.parse(
      linesOf(world, dataset.folder, 'manifest.json').join('\n'),
    );
    expect(manifest).toEqual(dataset.manifest);
    for (const { file, rows, sha256: digest } of manifest.splits) {
      const lines = linesOf(world, dataset.folder, file);
      expect(lines).toHaveLength(rows);
      expect(sha256(lines.map((line) => `${line}\n`).join(''))).toBe(digest);
    }
    expect(manifest.gates.map(({ passed }) => passed)).toEqual([true, true, true, true]);
    const rows = manifest.splits.reduce((sum, split) => sum + split.rows, 0);
    expect(Object.values(manifest.labels).reduce((sum, n) => sum + n, 0)).toBe(rows);
    expect(await world.datasets.get(kind)).toEqual(dataset);
  });

  it('is the same bytes for the same snapshot and seed, and then the same version', async () => {
    const [one, two] = [createWorld(contents(blogPosts())), createWorld(contents(blogPosts()))];
    const first = await build(one, { kind });
    await build(two, { kind });
    expect(one.folders).toEqual(two.folders);
    expect(await build(one, { kind })).toEqual({ dataset: first.dataset, isNew: false });
    expect(one.folders.size).toBe(1);
  });

  it('is another version for another seed', async () => {
    const world = createWorld(contents(blogPosts()));
    await build(world, { kind });
    const { dataset, isNew } = await build(world, { kind, seed: 8 });
    expect([dataset.id, isNew]).toEqual([`${kind}@v2`, true]);
  });

  it('shows no document, and asks no question, in two splits', async () => {
    const world = createWorld(contents(blogPosts()));
    const { dataset } = await build(world, { kind });
    for (const keyOf of [
      (row: { metadata: { documentId: string } }) => row.metadata.documentId,
      (row: { query?: string; messages?: { content: string }[] }) =>
        row.query ?? row.messages?.[0]?.content,
    ]) {
      const splits = new Map<unknown, string>();
      for (const { split, row } of rowsOf(world, dataset.folder)) {
        expect(splits.get(keyOf(row)) ?? split).toBe(split);
        splits.set(keyOf(row), split);
      }
    }
  });
});

it('writes instruct rows as OpenAI takes them, grounded in the revision they name', async () => {
  const world = createWorld(contents(blogPosts()));
  const { dataset } = await build(world, { kind: 'instruct' });
  const revisions = new Map(contents(blogPosts()).map(({ revision }) => [revision.id, revision]));
  const rows = rowsOf(world, dataset.folder);
  expect(rows.length).toBeGreaterThan(80);
  for (const { row } of rows) {
    expect(Object.keys(row)).toEqual(['messages', 'metadata']);
    const [user, assistant] = row.messages;
    expect([user.role, assistant.role]).toEqual(['user', 'assistant']);
    expect(revisions.get(row.metadata.revisionId)?.markdown).toContain(assistant.content);
    expect(revisions.get(row.metadata.revisionId)?.url).toBe(row.metadata.url);
  }
  expect(rows.map(({ row }) => row.messages[0].content)).toContain(
    'What does “All about index0” say about “Introduction”?',
  );
});

it('writes retrieval rows with a positive and negatives of other documents', async () => {
  const world = createWorld(contents(blogPosts()));
  const { dataset } = await build(world, { kind: 'retrieval' });
  const rows = rowsOf(world, dataset.folder).map(({ row }) => row);
  expect(new Set(rows.map(({ metadata }) => metadata.label))).toEqual(
    new Set(['title_lead', 'heading_section', 'question_answer', 'link_target']),
  );
  expect(rows.some(({ negatives }) => negatives.length > 0)).toBe(true);
  for (const { query, positive, negatives, metadata } of rows) {
    expect(query).not.toBe('');
    expect(positive.documentId).toBe(metadata.documentId);
    for (const negative of negatives) expect(negative.documentId).not.toBe(positive.documentId);
  }
  const link = rows.find(({ metadata }) => metadata.label === 'link_target');
  expect(link.metadata.foundIn).not.toBe(link.metadata.url);
});

describe('what is refused', () => {
  it('refuses too small a snapshot with the size gate, and writes nothing', async () => {
    const world = createWorld(contents(blogPosts(2)));
    await expect(build(world, { kind: 'instruct' })).rejects.toMatchObject({
      code: 'gate_refused',
      param: 'size',
      message: expect.stringMatching(/^gate size refuses dataset instruct .*Crawl more posts/),
    });
    expect([world.folders.size, await world.datasets.list()]).toEqual([0, []]);
  });

  it('refuses a snapshot whose members changed', async () => {
    const world = createWorld(contents(blogPosts()));
    const snapshot = await takeSnapshot(world, { viewId: 'posts', epoch: null, filter: {} });
    world.views.tamper(1, contents(blogPosts(20)));
    const request = { kind: 'instruct' as const, name: 'a', seed: 1, snapshotId: snapshot.id };
    await expect(buildDataset(world, request, quiet, never())).rejects.toMatchObject({
      code: 'history_broken',
    });
  });

  it.each([
    [{ name: 'instruct@v1' }, /without @v/],
    [{ name: 'No Name' }, /no versioned name/],
    [{ seed: 1.5 }, /seed must be a whole number/],
    [{ kind: 'preference' as DatasetKind }, /no dataset kind preference/],
    [{ limits: { rowsMin: { test: 0 } } }, /rowsMin.test must be at least 1/],
    [{ limits: { outputCharactersMin: 9, outputCharactersMax: 8 } }, /outputCharacters/],
  ])('refuses %j', async (wrong, message) => {
    const request = { kind: 'instruct' as const, name: 'a', seed: 1, snapshotId: 's', ...wrong };
    const building = buildDataset(createWorld(), request, quiet, never());
    await expect(building).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringMatching(message),
    });
  });

  it('stops when it is told to', async () => {
    const world = createWorld(contents(blogPosts()));
    const snapshot = await takeSnapshot(world, { viewId: 'posts', epoch: null, filter: {} });
    const request = { kind: 'instruct' as const, name: 'a', seed: 1, snapshotId: snapshot.id };
    await expect(buildDataset(world, request, quiet, AbortSignal.abort())).rejects.toThrow();
    expect(world.folders.size).toBe(0);
  });
});

describe('recording', () => {
  it('takes the next version when another builder takes this one, or left its folder', async () => {
    const world = createWorld(contents(blogPosts()));
    const { write } = world.store;
    const taken = new Set(['instruct@v1', 'instruct@v2']);
    const store = {
      ...world.store,
      write: (...call: Parameters<typeof write>) => {
        if (!taken.has(call[0])) return write(...call);
        return Promise.reject(new AppError('already_exists', 'taken'));
      },
    };
    const { dataset } = await build({ ...world, store }, { kind: 'instruct' });
    expect(dataset.id).toBe('instruct@v3');
  });

  it('finds the version that a builder with the same contents registered meanwhile', async () => {
    const world = createWorld(contents(blogPosts()));
    const { datasets } = world;
    const racing = {
      ...datasets,
      add: async (dataset: Parameters<typeof datasets.add>[0]) => {
        await datasets.add(dataset);
        return datasets.add(dataset);
      },
    };
    const { dataset, isNew } = await build({ ...world, datasets: racing }, { kind: 'instruct' });
    expect([dataset.id, isNew]).toEqual(['instruct@v1', false]);
  });

  it('writes files again that are gone, and refuses files that were changed', async () => {
    const world = createWorld(contents(blogPosts()));
    const { dataset } = await build(world, { kind: 'instruct' });
    const whole = world.folders.get(dataset.folder);
    world.folders.clear();
    await build(world, { kind: 'instruct' });
    expect(world.folders.get(dataset.folder)).toEqual(whole);
    world.folders.get(dataset.folder)?.set('test.jsonl', ['{}']);
    await expect(build(world, { kind: 'instruct' })).rejects.toMatchObject({
      code: 'history_broken',
      message: expect.stringContaining('test.jsonl of instruct@v1'),
    });
  });
});

it('tells its stages in order', async () => {
  const world = createWorld(contents(blogPosts()));
  const snapshot = await takeSnapshot(world, { viewId: 'posts', epoch: null, filter: {} });
  const told: Progress[] = [];
  const request = { kind: 'retrieval' as const, name: 'a', seed: 1, snapshotId: snapshot.id };
  await buildDataset(world, request, (progress) => told.push(progress), never());
  expect(told.map(({ stage }) => stage)).toEqual(['label', 'curate', 'split', 'gate', 'write']);
  expect(told.every(({ done }) => done > 0)).toBe(true);
});
