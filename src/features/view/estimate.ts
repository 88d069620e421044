import { contextOf } from '#domain/chunk.ts';
import type { FeatureViewSpec } from '#domain/feature-view.ts';
import type { Embedder } from '#ports/embedder.ts';
import { chunkMarkdown } from '../chunk/chunk.ts';
import type { FeatureDeps } from '../deps.ts';
import { embeddingTextsOf } from '../publish/points-of.ts';

export type Estimate = {
  readonly documents: number;
  /** Of which the view has points already, from an earlier start. */
  readonly done: number;
  /** Chunks and tokens that are left to embed. */
  readonly chunks: number;
  readonly tokens: number;
  /** Time of embedding alone, in this process; `null` where trying it out would cost money. */
  readonly seconds: number | null;
  /** At the list price, as if nothing were remembered; `null` when the price is not known. */
  readonly dollars: number | null;
  /** False where vectors cost only time. */
  readonly isPaid: boolean;
};

export type EstimateDeps = Pick<FeatureDeps, 'clock'> & {
  readonly registry: Pick<FeatureDeps['registry'], 'views' | 'documents'>;
};

const SAMPLE_MAX = 100;
/** Chunks that are embedded to see how long it takes. */
const TRIED_MAX = 32;

/**
 * What building a view will take: the stored revisions of some documents, spread over all, are cut and
 * counted as the view will, and a few of the chunks are embedded where that costs nothing.
 */
export async function estimate(
  { registry, clock }: EstimateDeps,
  {
    viewId,
    spec,
    embedder,
  }: {
    readonly viewId: string | null;
    readonly spec: FeatureViewSpec;
    readonly embedder: Embedder;
  },
  signal: AbortSignal,
): Promise<Estimate> {
  const all = await registry.documents.list(null);
  const living = all.filter(({ status, canonicalId }) => status === 'live' && canonicalId === null);
  const left = viewId === null ? living.length : await registry.views.unfinishedCount(viewId);
  const step = Math.max(1, living.length / SAMPLE_MAX);
  const sampled = Array.from(
    { length: Math.min(SAMPLE_MAX, living.length) },
    (_, at) => living[Math.floor(at * step)]?.revisionId ?? null,
  );
  const revisions = await registry.documents.revisions(sampled.flatMap((id) => id ?? []));
  const texts: string[] = [];
  for (const revision of revisions) {
    signal.throwIfAborted();
    const context = contextOf(revision, revision.metadata, '');
    const chunks = chunkMarkdown(revision.markdown, {
      spec: spec.chunker,
      countTokens: (text) => embedder.countTokens(text),
    });
    const members = chunks.map((chunk) => ({ chunk, context }));
    texts.push(...embeddingTextsOf(embedder, members));
  }
  const share = revisions.length === 0 ? 0 : left / revisions.length;
  const counted = texts.reduce((sum, text) => sum + embedder.countTokens(text), 0);
  const chunks = Math.round(texts.length * share);
  const tokens = Math.round(counted * share);
  const { dollarsPerMillionTokens: price } = embedder;
  const isPaid = price !== undefined;
  const secondsEach = isPaid ? null : await trySome({ clock, embedder, texts }, signal);
  return {
    documents: living.length,
    done: Math.max(0, living.length - left),
    chunks,
    tokens,
    seconds: secondsEach === null ? null : secondsEach * chunks,
    dollars: price === undefined ? 0 : price === null ? null : (price * tokens) / 1e6,
    isPaid,
  };
}

async function trySome(
  {
    clock,
    embedder,
    texts,
  }: Pick<EstimateDeps, 'clock'> & {
    readonly embedder: Embedder;
    readonly texts: readonly string[];
  },
  signal: AbortSignal,
): Promise<number> {
  const step = Math.max(1, Math.floor(texts.length / TRIED_MAX));
  const tried = texts.filter((_, at) => at % step === 0).slice(0, TRIED_MAX);
  if (tried.length === 0) return 0;
  const startedMs = clock.monotonicMs();
  await embedder.embed(tried, 'document', signal);
  return (clock.monotonicMs() - startedMs) / 1_000 / tried.length;
}
