import { expect, it } from 'vitest';
import type { Dataset } from '#domain/dataset.ts';
import type { Evaluation } from '#domain/evaluation.ts';
import { hashOf } from '#domain/hash.ts';
import type { ModelSpec } from '#domain/model.ts';
import type { Registry } from '#ports/registry.ts';
import { outcomes, refusal } from './bed.ts';
import { at, datasetManifest, manifest, snapshot } from './make.ts';

const dataset = (version: number, changes: Partial<Dataset> = {}): Dataset => ({
  id: `instruct@v${version}`,
  name: 'instruct',
  version,
  kind: 'instruct',
  snapshotId: 'snapshot-1',
  manifest: datasetManifest(`instruct@v${version}`),
  hash: hashOf(version),
  folder: `datasets/instruct@v${version}`,
  createdAt: at(version),
  ...changes,
});

const prompt = (system: string, name = 'answer') => ({
  name,
  system,
  user: '{{passages}}\n\n{{question}}',
  description: 'answers from passages',
  at: at(0),
});

const model = (changes: Partial<ModelSpec> = {}): ModelSpec => ({
  kind: 'chat',
  provider: 'openai',
  reference: 'gpt',
  base: null,
  datasetId: null,
  parameters: { temperature: 0.1, stop: ['\n'], nested: { deep: null } },
  ...changes,
});

const evaluation = (id: string, pairingId: string, second: number): Evaluation => ({
  id,
  pairingId,
  viewId: 'posts@v1',
  epoch: 1,
  goldenHash: hashOf('golden'),
  metrics: {
    questions: 1,
    failed: 0,
    recallAt5: 1,
    mrrAt10: 1 / 3,
    ndcgAt10: 0.1 + 0.2,
    citationPrecision: 0,
    shareAnswered: 1,
    answerFound: 1,
    refusedUnanswerable: 1,
  },
  results: [],
  at: at(second),
});

export function trainingCases(registry: () => Registry): void {
  it('keeps the first snapshot of the same members', async () => {
    const { snapshots } = registry();
    const first = snapshot('snapshot-1');
    expect(await snapshots.add(first)).toEqual(first);
    expect(await snapshots.add({ ...first, createdAt: at(9) })).toEqual(first);
    expect(await snapshots.get('snapshot-1')).toEqual(first);
    expect(await refusal(snapshots.get('snapshot-2'), 'not_found')).toContain('snapshot-2');
    const second = snapshot('snapshot-2', { createdAt: at(1), filter: {} });
    await snapshots.add(second);
    expect(new Set(await snapshots.list())).toEqual(new Set([first, second]));
  });

  it('versions datasets, and refuses a version that is taken', async () => {
    const { datasets, snapshots } = registry();
    await snapshots.add(snapshot('snapshot-1'));
    expect(await datasets.nextVersion('instruct')).toBe(1);
    const first = dataset(1);
    expect(await datasets.add(first)).toEqual(first);
    expect(await datasets.nextVersion('instruct')).toBe(2);
    expect(await datasets.nextVersion('retrieval')).toBe(1);
    expect(await refusal(datasets.add(dataset(1)), 'already_exists')).toContain('instruct@v1');
    for (const version of [2, 10]) await datasets.add(dataset(version));
    expect((await datasets.get('instruct')).version).toBe(10);
    expect(await datasets.get('instruct@v1')).toEqual(first);
    expect((await datasets.list()).map(({ version }) => version)).toEqual([1, 2, 10]);
    await refusal(datasets.get('instruct@v3'), 'not_found');
    await refusal(datasets.get('instruct@v99999999999'), 'not_found');
    await refusal(datasets.get('retrieval'), 'not_found');
  });

  it('finds a dataset by its contents within its name', async () => {
    const { datasets, snapshots } = registry();
    await snapshots.add(snapshot('snapshot-1'));
    await datasets.add(dataset(1));
    expect(await datasets.findByHash('instruct', hashOf(1))).toEqual(dataset(1));
    expect(await datasets.findByHash('instruct', hashOf(2))).toBeNull();
    expect(await datasets.findByHash('retrieval', hashOf(1))).toBeNull();
  });

  it('refuses a dataset of a snapshot that there is not', async () => {
    const works = registry().datasets.add(dataset(1));
    expect(await refusal(works, 'not_found')).toContain('snapshot-1');
  });

  it('registers a prompt once for a text, and another text as the next version', async () => {
    const { prompts } = registry();
    const first = await prompts.register(prompt('Be exact.'));
    expect(first).toMatchObject({ id: 'answer@v1', version: 1, system: 'Be exact.' });
    expect(await prompts.register({ ...prompt('Be exact.'), description: 'same' })).toEqual(first);
    const second = await prompts.register(prompt('Be brief.'));
    expect(second.id).toBe('answer@v2');
    expect((await prompts.register(prompt('Be exact.', 'judge'))).id).toBe('judge@v1');
    expect(await prompts.get('answer')).toEqual(second);
    expect(await prompts.get('answer@v1')).toEqual(first);
    expect((await prompts.list()).map(({ id }) => id)).toEqual([
      'answer@v1',
      'answer@v2',
      'judge@v1',
    ]);
    await refusal(prompts.get('answer@v3'), 'not_found');
    await refusal(prompts.register({ ...prompt('x'), user: 'no variables' }), 'invalid_input');
  });

  it('registers a model once for a spec, with the metrics it first had', async () => {
    const { models } = registry();
    const first = await models.register('gpt', model(), at(1), { loss: 0.5 });
    expect(first).toMatchObject({ ...model(), id: 'gpt@v1', metrics: { loss: 0.5 } });
    expect(await models.register('gpt', model(), at(2), { loss: 0.1 })).toEqual(first);
    const parameters = { temperature: 0.2 };
    const second = await models.register('gpt', model({ parameters }), at(3));
    expect(second).toMatchObject({ id: 'gpt@v2', metrics: {}, parameters });
    expect(await models.get('gpt')).toEqual(second);
    expect(await models.get('gpt@v1')).toEqual(first);
    expect(await models.list()).toEqual([first, second]);
    expect(await refusal(models.get('other'), 'not_found')).toContain('other');
  });

  it('gives equal requests one version and different ones a version each, all at once', async () => {
    const { prompts, models } = registry();
    const equal = [1, 2, 3, 4].map(() => prompts.register(prompt('Be exact.')));
    expect(await outcomes(equal)).toEqual({ done: 4 });
    const other = ['a', 'b', 'c', 'd'].map((text) => prompts.register(prompt(text)));
    expect(await outcomes(other)).toEqual({ done: 4 });
    expect((await prompts.list()).map(({ version }) => version)).toEqual([1, 2, 3, 4, 5]);
    const works = ['a', 'a', 'b', 'b', 'c'].map((reference) =>
      models.register('gpt', model({ reference }), at(0)),
    );
    expect(await outcomes(works)).toEqual({ done: 5 });
    expect((await models.list()).map(({ version }) => version)).toEqual([1, 2, 3]);
  });

  it('refuses metrics that JSON cannot hold instead of storing null', async () => {
    const { models } = registry();
    const works = models.register('gpt', model(), at(0), { loss: Number.NaN });
    expect(await refusal(works, 'invalid_input')).toContain('NaN');
    expect(await models.list()).toEqual([]);
  });

  it('keeps evaluations, and finds the newest of a pairing', async () => {
    const { evaluations, pairings } = registry();
    const one = await pairings.register(manifest(), at(0));
    const two = await pairings.register(manifest({ view: 'posts@v2' }), at(0));
    const [early, late] = [evaluation('e1', one.id, 1), evaluation('e2', one.id, 2)];
    const other = evaluation('e3', two.id, 3);
    for (const entry of [late, other, early]) await evaluations.add(entry);
    expect(await evaluations.get('e1')).toEqual(early);
    expect(await evaluations.latest(one.id)).toEqual(late);
    expect(await evaluations.latest('pairing-none')).toBeNull();
    expect(await evaluations.list()).toEqual([other, late, early]);
    expect(await refusal(evaluations.get('e4'), 'not_found')).toContain('e4');
    await refusal(evaluations.add(early), 'already_exists');
    await refusal(evaluations.add(evaluation('e5', 'pairing-none', 1)), 'not_found');
  });
}
