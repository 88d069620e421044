import type { Evaluation } from '#domain/evaluation.ts';
import { EXTRACTIVE_MODEL } from '#training/model.ts';
import { assemblePairing, registerModel } from '#training/pipeline.ts';
import type { EpochContents } from '../fakes/training-registry.ts';
import { createWorld } from './world.ts';

/** A world with a pairing that can be evaluated and promoted; `assemble` makes more of them. */
export async function createEvaluable(...epochs: readonly EpochContents[]) {
  const world = createWorld(...epochs);
  const text = { system: 'Be brief.', user: '{{passages}} {{question}}', description: 'd' };
  await world.prompts.register({ name: 'answer', ...text, at: world.clock.now() });
  await registerModel(world, { name: 'extractive', spec: EXTRACTIVE_MODEL });
  const assemble = (hitsMax: number) =>
    assemblePairing(world, {
      view: 'posts',
      prompt: 'answer',
      model: 'extractive',
      retrieval: { hitsMax },
    });
  return { world, pairing: await assemble(8), assemble };
}

export const evaluationOf = (pairingId: string, rest: Partial<Evaluation> = {}): Evaluation => ({
  id: `evaluation of ${pairingId}`,
  pairingId,
  viewId: 'posts@v1',
  epoch: 1,
  goldenHash: 'hash',
  metrics: {
    questions: 1,
    failed: 0,
    recallAt5: 1,
    mrrAt10: 1,
    ndcgAt10: 1,
    citationPrecision: 1,
    shareAnswered: 1,
    answerFound: 1,
    refusedUnanswerable: 0,
  },
  results: [],
  at: '2026-01-02T00:00:00.000Z',
  ...rest,
});
