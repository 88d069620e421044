import { describe, expect, it } from 'vitest';
import { RETRIEVAL_DEFAULTS } from '#domain/pairing.ts';
import { chatModelSpec, EXTRACTIVE_MODEL, embedderModelSpec } from '#training/model.ts';
import { assemblePairing, registerModel } from '#training/pipeline.ts';
import type { EpochContents } from '../fakes/training-registry.ts';
import { blogPosts } from './posts.ts';
import { contents, createWorld } from './world.ts';

async function createParts(...epochs: readonly EpochContents[]) {
  const world = createWorld(...epochs);
  const at = world.clock.now();
  const text = { system: 'Be brief.', user: '{{passages}} {{question}}', description: 'd' };
  await world.prompts.register({ name: 'answer', ...text, at });
  await registerModel(world, { name: 'extractive', spec: EXTRACTIVE_MODEL });
  return world;
}

const published = contents(blogPosts(3));
const request = { view: 'posts', prompt: 'answer', model: 'extractive' };

describe('registerModel', () => {
  it('gives back the version of the same spec', async () => {
    const world = createWorld();
    const one = await registerModel(world, { name: 'mini', spec: chatModelSpec('openai:mini') });
    const two = await registerModel(world, { name: 'mini', spec: chatModelSpec('openai:mini-2') });
    const again = await registerModel(world, { name: 'mini', spec: chatModelSpec('openai:mini') });
    expect([one.id, two.id, again.id]).toEqual(['mini@v1', 'mini@v2', 'mini@v1']);
    expect(one).toMatchObject({ kind: 'chat', provider: 'openai', reference: 'mini' });
  });

  it('keeps what an embedder is known by', async () => {
    const world = createWorld();
    const spec = embedderModelSpec(world.view.spec.dense, 'emb-1', 'static:models/lite');
    expect(
      await registerModel(world, { name: 'lite', spec, metrics: { ndcg: 0.7 } }),
    ).toMatchObject({
      kind: 'embedder',
      provider: 'static',
      reference: 'static:models/lite',
      parameters: { fingerprint: 'emb-1', dimension: 8, tokensMax: 512 },
      metrics: { ndcg: 0.7 },
    });
  });

  it.each([
    [{ name: 'mini@v1' }, /without @v/],
    [{ name: 'Mini Model' }, /no versioned name/],
    [{ spec: { ...EXTRACTIVE_MODEL, kind: 'poem' as 'chat' } }, /has kind poem/],
    [{ spec: { ...EXTRACTIVE_MODEL, provider: '' } }, /is no model/],
    [{ spec: { ...EXTRACTIVE_MODEL, reference: '' } }, /is no model/],
    [{ spec: { ...EXTRACTIVE_MODEL, provider: 'a:b' } }, /holds a colon/],
    [{ metrics: { loss: Number.NaN } }, /metric loss of model mini is NaN/],
  ])('refuses %j', (wrong, message) => {
    const registration = { name: 'mini', spec: EXTRACTIVE_MODEL, ...wrong };
    const registering = async () => registerModel(createWorld(), registration);
    return expect(registering()).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringMatching(message),
    });
  });
});

describe('assemblePairing', () => {
  it('pins every part by id and hash, and is the same pairing for the same parts', async () => {
    const world = await createParts(published);
    const pairing = await assemblePairing(world, request);
    const prompt = await world.prompts.get('answer');
    expect(pairing.manifest).toMatchObject({
      view: 'posts@v1',
      viewSpecHash: world.view.specHash,
      embedderFingerprint: 'emb-0123',
      retrieval: RETRIEVAL_DEFAULTS,
      prompt: { id: 'answer@v1', hash: prompt.hash },
      model: { id: 'extractive@v1' },
    });
    expect((await assemblePairing(world, { ...request, view: 'posts@v1' })).id).toBe(pairing.id);
    const other = await assemblePairing(world, { ...request, retrieval: { hitsMax: 3 } });
    expect(other.id).not.toBe(pairing.id);
    expect(other.manifest.retrieval).toEqual({ ...RETRIEVAL_DEFAULTS, hitsMax: 3 });
  });

  it('is the same pairing when a setting is given that holds anyway', async () => {
    const world = await createParts(published);
    const plain = await assemblePairing(world, request);
    const said = await assemblePairing(world, { ...request, retrieval: { fusion: 'sum' } });
    expect(said.id).toBe(plain.id);
    const ranks = await assemblePairing(world, { ...request, retrieval: { fusion: 'rrf' } });
    expect(ranks.id).not.toBe(plain.id);
    const k = { fusion: 'rrf', rrfK: 60 } as const;
    expect((await assemblePairing(world, { ...request, retrieval: k })).id).toBe(ranks.id);
    expect(ranks.manifest.retrieval).toEqual({ ...RETRIEVAL_DEFAULTS, fusion: 'rrf' });
  });

  it('refuses a model that does not chat', async () => {
    const world = await createParts(published);
    const spec = embedderModelSpec(world.view.spec.dense, 'emb-1', 'static:lite');
    await registerModel(world, { name: 'lite', spec });
    await expect(assemblePairing(world, { ...request, model: 'lite' })).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('lite@v1 is of kind embedder'),
    });
  });

  it('refuses a view that has published nothing', async () => {
    await expect(assemblePairing(await createParts(), request)).rejects.toMatchObject({
      code: 'not_found',
      param: 'view',
    });
  });

  it.each([
    [{ retrieval: { denseWeight: 1.5 } }, 'retrieval.denseWeight'],
    [{ retrieval: { hitsMax: 2.5 } }, 'retrieval.hitsMax'],
    [{ retrieval: { rrfK: 60 } }, 'retrieval.rrfK'],
    [{ retrieval: { mmrLambda: 2 } }, 'retrieval.mmrLambda'],
    [{ generation: { seed: Number.NaN } }, 'generation.seed'],
  ])('refuses %j', async (wrong, param) => {
    const world = await createParts(published);
    await expect(assemblePairing(world, { ...request, ...wrong })).rejects.toMatchObject({
      code: 'invalid_input',
      param,
    });
    expect(await world.pairings.list()).toEqual([]);
  });

  it.each(['view', 'prompt', 'model'] as const)('refuses an unknown %s', async (part) => {
    const world = await createParts(published);
    const assembling = assemblePairing(world, { ...request, [part]: 'unknown' });
    await expect(assembling).rejects.toMatchObject({ code: 'not_found' });
  });

  it('refuses a prompt or a model whose row no longer has its hash', async () => {
    const world = await createParts(published);
    const { prompts, models } = world;
    const forgedPrompts = {
      ...prompts,
      get: async (id: string) => ({ ...(await prompts.get(id)), system: 'Lie.' }),
    };
    const forgedModels = {
      ...models,
      get: async (id: string) => ({ ...(await models.get(id)), reference: 'other' }),
    };
    for (const forged of [{ prompts: forgedPrompts }, { models: forgedModels }]) {
      await expect(assemblePairing({ ...world, ...forged }, request)).rejects.toMatchObject({
        code: 'history_broken',
      });
    }
  });
});
