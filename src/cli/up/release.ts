import type { Evaluation } from '#domain/evaluation.ts';
import type { Pairing } from '#domain/pairing.ts';
import { goldenHashOf } from '#training/evaluate/golden.ts';
import { chatModelSpec } from '#training/model.ts';
import { assemblePairing, promote, registerModel } from '#training/pipeline.ts';
import { askGolden, describeEvaluation, goldenQuestions } from '../evaluate.ts';
import { registerFiles } from '../prompt.ts';
import { registerEmbedder } from '../register-embedder.ts';
import type { Session } from '../session.ts';

const CHANNEL = 'production';

export type Released = {
  readonly pairing: Pairing;
  /** `null` for a site without golden questions. */
  readonly evaluation: Evaluation | null;
  readonly promoted: boolean;
};

/** Registers prompts and models, assembles the candidate pairing, evaluates and promotes it. */
export async function release(session: Session, sample: boolean): Promise<Released> {
  const { lockstep, cli, out } = session;
  const { registry, clock, settings } = lockstep;
  await registerFiles(session, []);
  const model = await registerModels(session);
  const pairing = await assemblePairing(
    { ...registry, clock },
    { view: settings.viewName, prompt: 'answer', model },
  );
  out.line(`  candidate ${pairing.id}`);
  const evaluation = sample ? await evaluateOnce(session, pairing) : null;
  if (evaluation !== null) describeEvaluation(session, evaluation);
  const outcome = await promote(
    { ...registry, clock },
    {
      channel: CHANNEL,
      pairingId: pairing.id,
      actor: cli.account,
      reason: sample
        ? 'evaluated by lockstep up'
        : 'first start on a site without golden questions',
      allowUnevaluated: !sample,
    },
  );
  out.line(`  ${CHANNEL} ${outcome.moved ? '→' : 'stays at'} ${pairing.id}`);
  return { pairing, evaluation, promoted: outcome.moved };
}

/** The chat model of the configuration and the embedder, as model versions; gives the former's id. */
async function registerModels({ lockstep, out }: Session): Promise<string> {
  const { registry, clock, settings } = lockstep;
  const deps = { models: registry.models, clock };
  const view = await registry.views.get(settings.viewName);
  const registeredEmbedder = await registerEmbedder({ lockstep }, view);
  const spec = chatModelSpec(settings.model);
  lockstep.chatModelOf(spec);
  const chat = await registerModel(deps, {
    name: spec.reference.toLowerCase().replace(/[^a-z0-9]+/g, '-'),
    spec,
  });
  out.line(`  models ${registeredEmbedder.id} (embedder) and ${chat.id} (chat)`);
  return chat.id;
}

/** The evaluation of this pairing at this epoch with these questions; asked only when there is none. */
async function evaluateOnce(session: Session, pairing: Pairing): Promise<Evaluation> {
  const { registry } = session.lockstep;
  const golden = await goldenQuestions(session, {});
  const view = await registry.views.get(pairing.manifest.view);
  const known = await registry.evaluations.latest(pairing.id);
  const same = known?.epoch === view.publishedEpoch && known.goldenHash === goldenHashOf(golden);
  if (known !== null && same) return known;
  return askGolden(session, { pairingId: pairing.id, golden, epoch: null });
}
