import { AppError } from '#domain/errors.ts';
import type { Progress } from '#domain/run.ts';
import type { BatchCounts, DocumentBatch } from '#ports/batch-queue.ts';
import type { Held, PublishDeps } from './held.ts';
import { workBatch } from './work-batch.ts';

/** Documents of a batch. */
const DOCUMENTS_MAX = 64;
/** Documents that are shared out before the registry is asked for more. */
const ROUND_MAX = 8_192;
/** Rounds in a row that are of the very same documents. */
const REPEATS_MAX = 100;

/**
 * Shares all that the view lacks out in batches, until there is nothing left, also of what was
 * recorded meanwhile. One batch is not worth a queue.
 */
export async function shareOut(
  deps: PublishDeps,
  { view, runId, onProgress, signal }: Held,
  epoch: number,
): Promise<BatchCounts> {
  const { registry, batchDocumentsMax = DOCUMENTS_MAX } = deps;
  const { views } = registry;
  let counts = NO_COUNTS;
  const work = (batch: DocumentBatch, held: AbortSignal) => workBatch(deps, batch, held);
  let total = await views.unfinishedCount(view.id);
  const startedMs = deps.clock.monotonicMs();
  let last = '';
  let repeats = 0;
  for (;;) {
    signal.throwIfAborted();
    const documentIds = await views.unfinished(view.id, ROUND_MAX);
    if (documentIds.length === 0) return counts;
    const now = `${documentIds.join()} ${Object.values(counts).join()}`;
    // The same documents may be recorded again meanwhile, but then something is done for them.
    repeats = documentIds.join() === last.split(' ')[0] ? repeats + 1 : 0;
    if (now === last || repeats > REPEATS_MAX) throw unending(view.id, documentIds);
    last = now;
    const batches = batchesOf(documentIds, batchDocumentsMax).map((ids) => ({
      viewId: view.id,
      epoch,
      documentIds: ids,
    }));
    const done = counts.documents;
    for await (const batch of finished(batches)) {
      counts = addCounts(counts, batch);
      const { documents, embedded } = counts;
      total = Math.max(total, documents);
      const seconds = (deps.clock.monotonicMs() - startedMs) / 1_000;
      const detail = { ...detailOf({ seconds, documents, total }), points: embedded };
      onProgress({ stage: 'embed', done: documents, total, detail });
    }
    if (counts.documents === done) total = counts.documents;
  }

  async function* finished(batches: readonly DocumentBatch[]): AsyncIterable<BatchCounts> {
    const [first] = batches;
    if (first !== undefined && batches.length === 1) yield await work(first, signal);
    else yield* deps.batches.shareOut(runId, batches, work, signal);
  }
}

function detailOf(of: {
  readonly seconds: number;
  readonly documents: number;
  readonly total: number;
}): Progress['detail'] {
  const { seconds, documents, total } = of;
  if (seconds <= 0 || documents === 0) return {};
  const perSecond = documents / seconds;
  return { perSecond, secondsLeft: (total - documents) / perSecond };
}

export const NO_COUNTS: BatchCounts = {
  documents: 0,
  added: 0,
  closed: 0,
  kept: 0,
  embedded: 0,
  ended: 0,
};

export const addCounts = (a: BatchCounts, b: BatchCounts): BatchCounts => ({
  documents: a.documents + b.documents,
  added: a.added + b.added,
  closed: a.closed + b.closed,
  kept: a.kept + b.kept,
  embedded: a.embedded + b.embedded,
  ended: a.ended + b.ended,
});

const batchesOf = (ids: readonly string[], size: number): readonly (readonly string[])[] =>
  Array.from({ length: Math.ceil(ids.length / size) }, (_, at) =>
    ids.slice(at * size, (at + 1) * size),
  );

/** Whatever is wrong with them, trying for ever would not mend it. */
const unending = (viewId: string, documentIds: readonly string[]): AppError =>
  new AppError(
    'internal',
    `${documentIds.length} documents of ${viewId} stay unfinished, the first of them ` +
      `${documentIds[0]}; report it.`,
  );
