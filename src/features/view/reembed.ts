import type { ChunkerSpec } from '#domain/chunk.ts';
import { isSameSpace, type SparseSpec } from '#domain/embedding.ts';
import { epochId } from '#domain/epoch.ts';
import { AppError } from '#domain/errors.ts';
import {
  type FeatureView,
  type FeatureViewSpec,
  type IndexStorage,
  STORAGE_DEFAULTS,
  specHashOf,
} from '#domain/feature-view.ts';
import type { OnProgress } from '#domain/run.ts';
import type { KnownEmbedder } from '#ports/embedder-pool.ts';
import { CHUNKER } from '../chunk/chunk.ts';
import { CLEANER } from '../clean/clean.ts';
import type { FeatureDeps } from '../deps.ts';
import { type ViewRequest, wantedSpec } from '../ensure-view.ts';
import { EXTRACTOR } from '../extract/extract.ts';
import { type PublishReport, publish } from '../publish/publish.ts';
import { type Estimate, estimate } from './estimate.ts';
import { requirePassed } from './make-ready.ts';
import { type Verification, verify } from './verify.ts';

export type ReembedRequest = {
  /** What the settings say; what is not changed stays as in the newest ready view. */
  readonly settings: ViewRequest;
  readonly changes: {
    readonly embedder?: string;
    readonly chunker?: Partial<Pick<ChunkerSpec, 'tokensMax' | 'overlapTokens'>>;
    readonly sparse?: Partial<Pick<SparseSpec, 'k1' | 'b' | 'stemmer'>>;
    readonly storage?: Partial<IndexStorage>;
  };
};

export type ReembedPlan = {
  /** The view that is followed; `null` when it is the first. */
  readonly base: FeatureView | null;
  /** The version that was begun earlier, or that holds all this already. */
  readonly known: FeatureView | null;
  readonly spec: FeatureViewSpec;
  readonly embedder: string;
  readonly estimate: Estimate;
};

export type ReembedReport = {
  readonly view: FeatureView;
  /** Epochs that were published: the first, and what caught up with crawls meanwhile. */
  readonly publishes: readonly PublishReport[];
  readonly verification: Verification;
  readonly seconds: number;
};

/** Publishings that catch up with crawls; one that never ends has a crawl that never does. */
const ROUNDS_MAX = 20;

/** What re-embedding would build, and what it would take. Changes nothing. */
export async function planReembed(
  deps: FeatureDeps,
  request: ReembedRequest,
  signal: AbortSignal,
): Promise<ReembedPlan> {
  const { settings, changes } = request;
  const base = await baseOf(deps, settings.name);
  const reference = changes.embedder ?? base?.embedder ?? settings.embedder;
  const named = await deps.embedders.named(reference, signal);
  const spec = specOf(deps, { base, named, request });
  const known = await knownVersion(deps, { name: settings.name, spec, named });
  const embedder = reference ?? deps.embedders.configured;
  const viewId = known?.id ?? null;
  const taken = await estimate(deps, { viewId, spec, embedder: named.embedder }, signal);
  return { base, known, spec, embedder, estimate: taken };
}

/**
 * Builds the planned version from the stored revisions, beside the live one and without the network:
 * publishes, catches up with what crawls recorded meanwhile, and verifies; only then is it ready for
 * pairings. Taken up where it stopped when it was cut off. Rejects with what was found wanting.
 */
export async function reembed(
  deps: FeatureDeps,
  { request, plan }: { readonly request: ReembedRequest; readonly plan: ReembedPlan },
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<ReembedReport> {
  const { registry, clock } = deps;
  const startedMs = clock.monotonicMs();
  const view = plan.known ?? (await begin(deps, { request, plan }, signal));
  const publishes: PublishReport[] = [];
  for (let round = 0; ; round += 1) {
    const report = await publish(deps, view, onProgress, signal);
    if (report.epoch === null) break;
    publishes.push(report);
    if (round === ROUNDS_MAX) {
      throw new AppError(
        'lease_held',
        `${epochId(view.id, report.epoch.number)} is published, but crawls record faster than it ` +
          'catches up; stop them and run it again.',
      );
    }
  }
  const current = await registry.views.get(view.id);
  if (current.publishedEpoch === 0) {
    throw new AppError(
      'not_found',
      `there is no document to build ${view.id} from; run lockstep crawl first.`,
    );
  }
  const verification = await verify(deps, { view: current, repair: false }, onProgress, signal);
  requirePassed(verification);
  const ready = await registry.views.markReady(view.id, clock.now());
  return {
    view: ready,
    publishes,
    verification,
    seconds: (clock.monotonicMs() - startedMs) / 1_000,
  };
}

async function begin(
  { registry, embedders, sparseOf, clock }: FeatureDeps,
  { request, plan }: { readonly request: ReembedRequest; readonly plan: ReembedPlan },
  signal: AbortSignal,
): Promise<FeatureView> {
  const { fingerprint, probes } = await embedders.named(plan.embedder, signal);
  const settings = await wantedSpec({ embedders, sparseOf }, request.settings, signal);
  return registry.views.ensure({
    name: request.settings.name,
    spec: plan.spec,
    fingerprint,
    embedder: plan.embedder,
    probes,
    // Crawls follow it, once it is ready, for as long as the settings stay what they are now.
    configuredAs: specHashOf(settings),
    at: clock.now(),
  });
}

async function baseOf({ registry }: FeatureDeps, name: string): Promise<FeatureView | null> {
  const views = (await registry.views.list()).filter(
    (view) => view.name === name && view.droppedAt === null,
  );
  return views.findLast(({ readyAt }) => readyAt !== null) ?? views.at(-1) ?? null;
}

function specOf(
  { sparseOf }: Pick<FeatureDeps, 'sparseOf'>,
  {
    base,
    named,
    request: { settings, changes },
  }: {
    readonly base: FeatureView | null;
    readonly named: KnownEmbedder;
    readonly request: ReembedRequest;
  },
): FeatureViewSpec {
  const { tokensMax, overlapTokens } = base?.spec.chunker ?? settings.chunker;
  const chunker = {
    ...CHUNKER,
    tokensMax,
    ...(overlapTokens !== undefined && { overlapTokens }),
    ...changes.chunker,
  };
  const sparse = sparseOf({ ...sparseOf(null).spec, ...tuned(base), ...changes.sparse }).spec;
  const storage = changes.storage
    ? { ...STORAGE_DEFAULTS, ...base?.spec.storage, ...changes.storage }
    : base?.spec.storage;
  return {
    extractor: EXTRACTOR,
    cleaner: CLEANER,
    chunker,
    dense: named.embedder.spec,
    sparse,
    ...(storage !== undefined && { storage }),
  };
}

/** What was chosen for a view; its encoder's version is not carried over. */
const tuned = (base: FeatureView | null): Partial<SparseSpec> => {
  if (base === null) return {};
  const { k1, b, stemmer } = base.spec.sparse;
  return { k1, b, stemmer };
};

/** A version of this very spec and embedding space, finished or not. */
async function knownVersion(
  { registry }: FeatureDeps,
  {
    name,
    spec,
    named,
  }: { readonly name: string; readonly spec: FeatureViewSpec; readonly named: KnownEmbedder },
): Promise<FeatureView | null> {
  const specHash = specHashOf(spec);
  const same = (await registry.views.list()).filter(
    (view) => view.name === name && view.specHash === specHash && view.droppedAt === null,
  );
  for (const view of same.toReversed()) {
    if (view.fingerprint === named.fingerprint) return view;
    if (isSameSpace(await registry.views.probes(view.id), named.probes)) return view;
  }
  return null;
}
