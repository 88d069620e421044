import { toAppError } from '#domain/errors.ts';
import type { OnProgress, Run } from '#domain/run.ts';
import type { Source } from '#domain/source.ts';
import { unpackHashes } from './clean/template-blocks.ts';
import type { FeatureDeps } from './deps.ts';
import { withLease } from './lease.ts';
import { EXTRACTED_BY } from './read-post.ts';
import { liveRevisions, type RereadDeps, reread } from './reread.ts';

export type ReextractDeps = RereadDeps & Pick<FeatureDeps, 'ids'>;

export type ReextractRequest = {
  readonly source: Source;
  /** Reads those again, too, that are by the present extractor already. */
  readonly all: boolean;
};

export type ReextractReport = {
  readonly runId: string;
  readonly source: string;
  /** Documents `read`, and of these `changed`, `same`, and `refused` by the rules of today. */
  readonly counts: Readonly<Record<'read' | 'changed' | 'same' | 'refused' | 'current', number>>;
};

/**
 * Reads a source's documents once more from their stored bytes by the extractor of today, without
 * the network. One that would be no post any more keeps its revision and gets a dead letter.
 * Rejects with `lease_held` while a crawl of the source is at work. Cut off, it goes on next time
 * where it stopped: what has been read is by today's extractor then.
 */
export async function reextract(
  deps: ReextractDeps,
  { source, all }: ReextractRequest,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<ReextractReport> {
  const { registry, clock, ids } = deps;
  const runId = ids.next();
  const lease = { name: `source:${source.name}`, holder: runId };
  return withLease({ leases: registry.leases, clock }, lease, signal, async (held) => {
    const subject = `reextract:${source.name}`;
    await registry.runs.abandon(subject, clock.now());
    await registry.runs.start({ id: runId, kind: 'reextract', subject, at: clock.now() });
    const counts = { read: 0, changed: 0, same: 0, refused: 0, current: 0 };
    const end = (status: Exclude<Run['status'], 'running'>, error: string | null) =>
      registry.runs.end(runId, { status, counts, produced: [], error }, clock.now());
    try {
      await readAll(deps, { source, all, runId, counts, onProgress, signal: held });
      await end('done', null);
    } catch (thrown) {
      const error = toAppError(held.aborted ? held.reason : thrown);
      await end(signal.aborted ? 'cancelled' : 'failed', error.message).catch(() => undefined);
      throw error;
    }
    return { runId, source: source.name, counts };
  });
}

type ReadAll = ReextractRequest & {
  readonly runId: string;
  readonly counts: Record<'read' | 'changed' | 'same' | 'refused' | 'current', number>;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
};

async function readAll(
  deps: ReextractDeps,
  { source, all, runId, counts, onProgress, signal }: ReadAll,
): Promise<void> {
  const { registry, clock } = deps;
  const states = await registry.pages.states(source.name);
  const templates = new Set(unpackHashes(await registry.sources.templates(source.name)));
  for await (const { document, revision } of liveRevisions(deps, source.name)) {
    signal.throwIfAborted();
    const state = states.get(document.url);
    if (state === undefined || (state.extractedBy === EXTRACTED_BY && !all)) {
      counts.current += 1;
      continue;
    }
    const outcome = await reread(deps, { source, document, revision, state, templates }, signal);
    counts.read += 1;
    counts[outcome.kind] += 1;
    if (outcome.kind === 'refused') {
      const { stage, code, message } = outcome;
      await registry.deadLetters.add({
        runId,
        sourceName: source.name,
        url: document.url,
        stage,
        code,
        message,
        retryable: false,
        at: clock.now(),
      });
      await registry.pages.save({ ...state, extractedBy: EXTRACTED_BY });
    }
    onProgress({ stage: 'reextract', done: counts.read, total: null });
  }
}
