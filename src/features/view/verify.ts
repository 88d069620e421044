import { EPOCH_OPEN_END, epochId } from '#domain/epoch.ts';
import { AppError, toAppError } from '#domain/errors.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import type { OnProgress } from '#domain/run.ts';
import type { PointSpan } from '#ports/view-registry.ts';
import type { Held, PublishDeps } from '../publish/held.ts';
import { publishHeld } from '../publish/publish.ts';
import { type Differences, reconcile } from './reconcile.ts';
import { RECALL_AT, sampledRecall, sampledVectors, sampleMembers } from './sampled.ts';
import { withRun } from './with-run.ts';

export type Check = {
  readonly name: 'embedder' | 'members' | 'count' | 'vectors' | 'recall';
  readonly passed: boolean;
  /** What was compared, with its figures. */
  readonly detail: string;
};

export type Verification = {
  readonly viewId: string;
  readonly epoch: number;
  readonly passed: boolean;
  readonly checks: readonly Check[];
  /** What a repair did; `null` when none was asked for or needed. */
  readonly repaired: {
    readonly rewritten: number;
    readonly removed: number;
    /** What had been recorded meanwhile is published along with it. */
    readonly epoch: number | null;
  } | null;
};

export type VerifyRequest = {
  readonly view: FeatureView;
  /** Mends the index where it differs from the registry. */
  readonly repair: boolean;
};

/** Shares of the sample that must be right. */
const RECALL_MIN = 0.95;

/**
 * Whether the index holds what the registry says, in the embedding space that the view was made in:
 * the embedder's probes, every point's epochs, the count of what is visible, and, for a sample, the
 * stored vectors and the recall of the approximate search against the exact one. Takes the view's
 * lease, so that nobody writes meanwhile.
 */
export async function verify(
  deps: PublishDeps,
  { view, repair }: VerifyRequest,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<Verification> {
  return withRun(deps, { kind: 'verify', view }, signal, async ({ runId, held }) => {
    // Read under the lease: what was published while we waited counts.
    const current = await deps.registry.views.get(view.id);
    if (current.droppedAt !== null) {
      throw new AppError('not_found', `${view.id} was dropped; there is nothing left of it.`, {
        param: 'view',
      });
    }
    const found = await inspect(deps, current, onProgress, held);
    const first = { viewId: view.id, epoch: current.publishedEpoch, ...found };
    const result =
      repair && !found.passed
        ? await mend(deps, { view: current, runId, onProgress, signal: held }, first.checks)
        : { ...first, repaired: null };
    const failed = result.checks.filter(({ passed }) => !passed).length;
    return { result, counts: { checks: result.checks.length, failed }, produced: [] };
  });
}

async function mend(
  deps: PublishDeps,
  held: Held,
  checks: readonly Check[],
): Promise<Verification> {
  const { registry, index, embedders } = deps;
  const { view, onProgress, signal } = held;
  // Another embedder cannot mend anything: it would fill the view with vectors of its own.
  await embedders.check(view, signal);
  await index.ensure(view, signal);
  const epoch = view.publishedEpoch;
  const { extra } = await reconcile(deps, { view, epoch, repair: true }, signal);
  if (needsAll(checks)) await unconfirmAll(deps, view, signal);
  const report = await publishHeld(deps, held);
  const current = await registry.views.get(view.id);
  const found = await inspect(deps, current, onProgress, signal);
  const { embedded, ended } = report.counts;
  return {
    viewId: view.id,
    epoch: current.publishedEpoch,
    ...found,
    repaired: {
      rewritten: embedded + ended,
      removed: extra,
      epoch: report.epoch?.number ?? null,
    },
  };
}

const PAGE_MAX = 10_000;

/** Vectors are wrong or lacking in points that are all there: which, cannot be told from outside. */
function needsAll(checks: readonly Check[]): boolean {
  const failed = new Set(checks.filter(({ passed }) => !passed).map(({ name }) => name));
  return failed.has('vectors') || (failed.has('count') && !failed.has('members'));
}

/** So that all are written again; of ended ones only those are that the index does not hold. */
async function unconfirmAll(
  { registry: { views }, index }: PublishDeps,
  view: FeatureView,
  signal: AbortSignal,
) {
  let after: string | null = null;
  for (;;) {
    const page: readonly PointSpan[] = await views.points(view.id, after, PAGE_MAX);
    const ids = page.map(({ id }) => id);
    await views.unconfirm(view.id, ids);
    const ended = page.filter(({ to }) => to !== EPOCH_OPEN_END).map(({ id }) => id);
    if (ended.length > 0) await index.remove(view, ended, signal);
    after = ids.at(-1) ?? null;
    if (after === null || page.length < PAGE_MAX) return;
  }
}

async function inspect(
  deps: PublishDeps,
  view: FeatureView,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<Pick<Verification, 'passed' | 'checks'>> {
  const checks: Check[] = [];
  const attempt = async (name: Check['name'], check: () => Promise<Omit<Check, 'name'>>) => {
    try {
      checks.push({ name, ...(await check()) });
    } catch (thrown) {
      signal.throwIfAborted();
      const { code, message, retryable } = toAppError(thrown);
      // What cannot be reached is not found wanting: verifying failed, not the view.
      if (retryable || code === 'internal') throw thrown;
      checks.push({ name, passed: false, detail: message });
    }
    onProgress({ stage: 'verify', done: checks.length, total: null });
  };
  await attempt('embedder', async () => {
    await deps.embedders.check(view, signal);
    return { passed: true, detail: `gives the probe texts the vectors of ${view.fingerprint}` };
  });
  const epoch = view.publishedEpoch;
  await attempt('members', async () =>
    membersCheck(await reconcile(deps, { view, epoch, repair: false }, signal)),
  );
  await attempt('count', async () => {
    const { chunks } = await deps.registry.views.membership(view.id, epoch, {});
    const found = await deps.index.count(view, epoch, signal);
    const at = epochId(view.id, epoch);
    const detail = `${at} has ${chunks} chunks, and the index shows ${found} with both vectors`;
    return { passed: found === chunks, detail };
  });
  const [embedder] = checks;
  if (embedder?.passed === true && epoch > 0) {
    const sample = await sampleMembers(deps, view);
    await attempt('vectors', async () => {
      const { same, all } = await sampledVectors(deps, { view, sample }, signal);
      return { passed: same === all, detail: `${same} of ${all} sampled vectors are as embedded` };
    });
    await attempt('recall', async () => {
      const recall = await sampledRecall(deps, { view, epoch, sample }, signal);
      const detail = `recall@${RECALL_AT} ${recall.toFixed(3)} of ${sample.length} sampled searches`;
      return { passed: recall >= RECALL_MIN, detail };
    });
  }
  return { passed: checks.every(({ passed }) => passed), checks };
}

function membersCheck(found: Differences): Omit<Check, 'name'> {
  const { points, missing, extra, different, unfinished, registryHash, indexHash } = found;
  const hash = (text: string) => text.slice(0, 12);
  const examples = found.examples.length === 0 ? '' : `, such as ${found.examples.join(' ')}`;
  const detail =
    `${points} points compared: ${missing} missing, ${extra} too many, ${different} with other ` +
    `epochs${examples}; ${unfinished} not written yet; members ${hash(registryHash)} in the ` +
    `registry, ${hash(indexHash)} in the index`;
  const passed = missing + extra + different === 0 && registryHash === indexHash;
  return { passed, detail };
}
