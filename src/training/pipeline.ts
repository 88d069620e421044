/** Training, stage by stage: snapshot → dataset → prompt, model, pairing → evaluate → promote. */
import { type ChannelMove, rollbackTarget } from '#domain/channel.ts';
import type { Dataset, DatasetKind, Snapshot, SnapshotFilter } from '#domain/dataset.ts';
import { AppError } from '#domain/errors.ts';
import type { Evaluation, GoldenQuestion } from '#domain/evaluation.ts';
import type { ModelVersion } from '#domain/model.ts';
import type { GenerationParameters, Pairing, RetrievalSettings } from '#domain/pairing.ts';
import type { PromptVersion } from '#domain/prompt.ts';
import type { OnProgress } from '#domain/run.ts';
import type { Answerer } from '#ports/answerer.ts';
import type { SparseEncoder } from '#ports/embedder.ts';
import type { ChannelRegistry, PairingRegistry } from '#ports/release-registry.ts';
import type { Clock, Ids } from '#ports/system.ts';
import type {
  EvaluationRegistry,
  ModelRegistry,
  PromptRegistry,
  SnapshotRegistry,
} from '#ports/training-registry.ts';
import type { ViewRegistry } from '#ports/view-registry.ts';
import { buildRows } from './dataset/build-rows.ts';
import { contentsOf } from './dataset/dataset-files.ts';
import { type RecordDeps, recordDataset } from './dataset/record-dataset.ts';
import { type BuildLimits, validateBuild } from './dataset/validate-build.ts';
import { askQuestion } from './evaluate/ask.ts';
import { mapConcurrently } from './evaluate/ask-all.ts';
import { goldenHashOf } from './evaluate/golden.ts';
import { metricsOf } from './evaluate/metrics.ts';
import { requireQuestions, requireSameOrigin } from './evaluate/require-golden.ts';
import { requirePassed, runGates } from './gate/gates.ts';
import { labelsOf } from './label/labels.ts';
import { type ModelRegistration, validateModel } from './model.ts';
import { manifestOf } from './pairing.ts';
import { type PromptFile, parsePrompts } from './prompt/parse-prompts.ts';
import { requireEvaluation, requireView } from './release/gate.ts';
import { requireMove, soundHistory } from './release/history.ts';
import { freeze, publishedEpochOf, requireReadable, requireUnchanged } from './snapshot.ts';

type Deps = {
  readonly clock: Clock;
  readonly views: ViewRegistry;
  readonly snapshots: SnapshotRegistry;
  readonly prompts: PromptRegistry;
  readonly models: ModelRegistry;
  readonly pairings: PairingRegistry;
  readonly channels: ChannelRegistry;
  readonly evaluations: EvaluationRegistry;
};

/**
 * Freezes (view, epoch, filter); the same members again give back the first snapshot. Rejects with
 * `not_found` for an epoch that is not published, `invalid_input` when nothing matches the filter.
 */
export async function takeSnapshot(
  deps: Pick<Deps, 'views' | 'snapshots' | 'clock'>,
  request: {
    readonly viewId: string;
    /** `null` for the published one. */
    readonly epoch: number | null;
    readonly filter: SnapshotFilter;
  },
): Promise<Snapshot> {
  const view = await deps.views.get(request.viewId);
  const epoch = await publishedEpochOf(deps.views, view, request.epoch);
  const frozen = await freeze(deps.views, { viewId: view.id, epoch, filter: request.filter });
  const taken = await deps.snapshots.add({ ...frozen, createdAt: deps.clock.now() });
  // A vacuum that looked for snapshots before this one was there may have passed its epoch.
  requireReadable(await deps.views.get(view.id), taken.epoch);
  return taken;
}

/**
 * Builds a dataset from a snapshot: the same contents again give back its version. Rejects with
 * `gate_refused` naming the gate, the first fault and what to do; nothing is written then.
 */
export async function buildDataset(
  deps: RecordDeps &
    Pick<Deps, 'views' | 'snapshots'> & { readonly sparse: Pick<SparseEncoder, 'terms'> },
  request: {
    readonly kind: DatasetKind;
    readonly name: string;
    readonly snapshotId: string;
    readonly seed: number;
    readonly limits?: BuildLimits;
  },
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<{ readonly dataset: Dataset; readonly isNew: boolean }> {
  const { kind, name, seed } = request;
  const limits = validateBuild(request);
  const snapshot = await deps.snapshots.get(request.snapshotId);
  await requireUnchanged(deps.views, snapshot);
  const { viewId, epoch, filter } = snapshot;
  const revisions = await deps.views.revisionsAt(viewId, epoch, filter);

  const labels = labelsOf(revisions);
  onProgress({ stage: 'label', done: labels.length, total: labels.length });
  const terms = (text: string) => deps.sparse.terms(text);
  const build = { kind, seed, labels, revisions, limits, terms, signal };
  const { rows, dropped } = await buildRows(build, onProgress);
  const gates = await runGates({ rows, revisions, rowsMin: limits.rowsMin, signal });
  onProgress({ stage: 'gate', done: gates.length, total: gates.length });
  requirePassed(gates, name);
  const contents = contentsOf({ kind, snapshot, seed, rows, dropped, gates });
  const recorded = await recordDataset(deps, name, contents, signal);
  onProgress({ stage: 'write', done: contents.files.length, total: contents.files.length });
  return recorded;
}

/** Registers prompt files, all or none. Rejects with `invalid_input` naming every fault. */
export async function registerPrompts(
  deps: Pick<Deps, 'prompts' | 'clock'>,
  files: readonly PromptFile[],
): Promise<readonly { readonly prompt: PromptVersion; readonly isNew: boolean }[]> {
  const texts = parsePrompts(files);
  const known = new Set((await deps.prompts.list()).map(({ id }) => id));
  const registered: { prompt: PromptVersion; isNew: boolean }[] = [];
  for (const text of texts) {
    const prompt = await deps.prompts.register({ ...text, at: deps.clock.now() });
    registered.push({ prompt, isNew: !known.has(prompt.id) });
  }
  return registered;
}

/** Registers a model; the same spec again gives back its version. Rejects with `invalid_input`. */
export function registerModel(
  deps: Pick<Deps, 'models' | 'clock'>,
  registration: ModelRegistration,
): Promise<ModelVersion> {
  validateModel(registration);
  const { name, spec, metrics = {} } = registration;
  return deps.models.register(name, spec, deps.clock.now(), metrics);
}

/**
 * Assembles and registers a pairing of registered parts, each by `name@v1` or by `name` the newest.
 * Rejects with `not_found`, and with `invalid_input` naming the setting that is out of range.
 */
export async function assemblePairing(
  deps: Pick<Deps, 'views' | 'prompts' | 'models' | 'pairings' | 'clock'>,
  request: {
    readonly view: string;
    readonly prompt: string;
    readonly model: string;
    readonly retrieval?: Partial<RetrievalSettings>;
    readonly generation?: Partial<GenerationParameters>;
  },
): Promise<Pairing> {
  const { retrieval = {}, generation = {} } = request;
  const view = await deps.views.get(request.view);
  const prompt = await deps.prompts.get(request.prompt);
  const model = await deps.models.get(request.model);
  const manifest = manifestOf({ view, prompt, model, retrieval, generation });
  return deps.pairings.register(manifest, deps.clock.now());
}

/**
 * Asks every golden question of a pairing at one epoch and records what came of each. A question
 * that fails counts as failed and keeps its error; only a cancellation ends the evaluation.
 */
export async function evaluatePairing(
  deps: Pick<Deps, 'evaluations' | 'views' | 'pairings' | 'clock'> & {
    readonly answerer: Answerer;
    readonly ids: Ids;
  },
  request: {
    readonly pairingId: string;
    /** `null` for the published one; all questions see the same. */
    readonly epoch: number | null;
    readonly golden: readonly GoldenQuestion[];
    readonly concurrencyMax: number;
  },
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<Evaluation> {
  const { golden, concurrencyMax } = request;
  requireQuestions(golden);
  const pairing = await deps.pairings.get(request.pairingId);
  const view = await deps.views.get(pairing.manifest.view);
  const epoch = await publishedEpochOf(deps.views, view, request.epoch);
  const asked = { pairingId: pairing.id, viewId: view.id, epoch };
  let done = 0;
  const results = await mapConcurrently(golden, concurrencyMax, async (question) => {
    const result = await askQuestion(deps.answerer, question, asked, signal);
    done += 1;
    onProgress({ stage: 'evaluate', done, total: golden.length });
    return result;
  });
  requireSameOrigin(golden, results);
  const evaluation: Evaluation = {
    id: deps.ids.next(),
    ...asked,
    goldenHash: goldenHashOf(golden),
    metrics: metricsOf(results),
    results,
    at: deps.clock.now(),
  };
  await deps.evaluations.add(evaluation);
  return evaluation;
}

type ReleaseDeps = Pick<Deps, 'channels' | 'pairings' | 'evaluations' | 'views' | 'clock'>;

/**
 * Points a channel at a pairing. `moved` is false, and `move` the one in force, when it points
 * there already. Rejects with `gate_refused` for a pairing that is not evaluated (unless allowed),
 * one in whose evaluation a question failed, and one whose view is not what it was.
 */
export async function promote(
  deps: ReleaseDeps,
  request: {
    readonly channel: string;
    readonly pairingId: string;
    readonly actor: string;
    readonly reason: string;
    /** By default the newest of the pairing. */
    readonly evaluationId?: string | null;
    readonly allowUnevaluated: boolean;
  },
): Promise<{ readonly moved: boolean; readonly move: ChannelMove }> {
  requireMove(request);
  const { channel, actor, reason, evaluationId = null } = request;
  const pairing = await deps.pairings.get(request.pairingId);
  const last = (await soundHistory(deps.channels, channel)).at(-1);
  if (last?.pairingId === pairing.id) return { moved: false, move: last };
  requireView(pairing, await deps.views.get(pairing.manifest.view));
  const evaluation =
    evaluationId === null
      ? await deps.evaluations.latest(pairing.id)
      : await deps.evaluations.get(evaluationId);
  requireEvaluation(pairing, evaluation, request.allowUnevaluated);
  const move = await deps.channels.move({
    ...{ channel, action: 'promote', pairingId: pairing.id, actor, reason },
    evaluationId: evaluation?.id ?? null,
    at: deps.clock.now(),
  });
  return { moved: true, move };
}

/**
 * Points a channel back at the pairing before its last standing promotion; no gate holds it up.
 * Rejects with `unknown_channel`, and with `not_found` when there is nothing to go back to.
 */
export async function rollback(
  deps: Pick<ReleaseDeps, 'channels' | 'pairings' | 'clock'>,
  request: { readonly channel: string; readonly actor: string; readonly reason: string },
): Promise<ChannelMove> {
  requireMove(request);
  const { channel, actor, reason } = request;
  const moves = await soundHistory(deps.channels, channel);
  const current = await deps.channels.get(channel);
  const target = rollbackTarget(moves);
  if (target === null) {
    throw new AppError(
      'not_found',
      `channel ${channel} has nothing to go back to: no pairing stood before ` +
        `${current.pairingId}. Promote another one instead.`,
      { param: 'channel' },
    );
  }
  const pairing = await deps.pairings.get(target);
  const evaluated = moves.findLast(({ pairingId, action }) => {
    return pairingId === target && action === 'promote';
  });
  return deps.channels.move({
    ...{ channel, action: 'rollback', pairingId: pairing.id, actor, reason },
    evaluationId: evaluated?.evaluationId ?? null,
    at: deps.clock.now(),
  });
}
