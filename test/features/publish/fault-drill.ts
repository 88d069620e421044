import { createMemoryIndex } from '#adapters/memory/feature-index.ts';
import { EPOCH_OPEN_END } from '#domain/epoch.ts';
import { AppError } from '#domain/errors.ts';
import type { FeatureDeps } from '#features/deps.ts';
import { pointsOf } from '#features/publish/points-of.ts';
import { type PublishReport, publish } from '#features/publish/publish.ts';
import type { IndexPoint } from '#ports/feature-index.ts';
import { saveTables } from '../../fakes/saved-tables.ts';
import { openBed, text } from '../view/bed.ts';
import { foundIn, seenIn } from './reader.ts';
import { watched } from './watched.ts';

const signal = new AbortController().signal;
const QUESTION = 'Which remedy for terns and gulls is still in place?';
/** Few, so that a handful of documents is several batches for the queue’s two turns. */
const BATCH_DOCUMENTS_MAX = 2;

/** What goes wrong at a call: it fails once, or nothing works any more from then on. */
type FaultKind = 'blip' | 'crash';
type Moment = 'before' | 'after';

export type Fault = {
  readonly kind: FaultKind;
  readonly moment: Moment;
  /** A worker that was taken for dead has written a point that the next epoch does not have. */
  readonly lateWriter: boolean;
};

/** What a reader is shown: one of the two epochs, whole, or something else. */
type Shown = 'first epoch' | 'second epoch' | 'no whole epoch';

export type Trial = {
  /** The call that failed, as `views.commit`, and which of its kind, from 1. */
  readonly call: string;
  readonly number: number;
  readonly published: boolean;
  /** By the index’s points, and by what a search finds. */
  readonly saw: Shown;
  /** Readers of the first epoch found it as it was. */
  readonly keptFirst: boolean;
  /** What the next publishing made of it. */
  readonly sawThen: Shown;
  /** Point by point the index is what an undisturbed publishing makes of it. */
  readonly sameThen: boolean;
};

export type FaultDrill = {
  /** Every call that an undisturbed publishing makes, in its turn. */
  trials(fault: Fault): AsyncIterable<Trial>;
  /** What readers saw at every call of an undisturbed publishing, before and after it. */
  watch(): Promise<readonly { readonly call: string; readonly saw: Shown }[]>;
  close(): Promise<void>;
};

/**
 * A published epoch and changes of every kind for the next: new, edited, closed and linked documents,
 * and one that nobody touched. Each trial starts from the same state.
 */
export async function openFaultDrill(): Promise<FaultDrill> {
  const bed = await openBed();
  for (const path of ['a', 'b', 'c', 'd']) await bed.record(path, text(`${path} terns`, 'gulls'));
  await bed.publish();
  await bed.record('a', text('a terns', 'gannets'));
  await bed.close('b');
  await bed.record('d', text('gulls', 'd terns', 'skuas'));
  await bed.record('e', text('e terns', 'gulls'));
  await bed.record('f', text('f terns'));
  const view = await bed.view();
  const { registry } = bed.deps;
  const saved = await saveTables(bed.connection);
  const known = await registry.views.points(view.id, null, 1_000);
  const ids = known.map(({ id }) => id);
  const tools = { embedder: bed.words.embedder, sparse: bed.deps.sparseOf(view.spec.sparse) };
  const points = await pointsOf(tools, await registry.views.members(view.id, ids), signal);

  async function start(
    lateWriter = false,
  ): Promise<FeatureDeps & { readonly batchDocumentsMax: number }> {
    await saved.restore();
    const index = createMemoryIndex();
    await index.ensure(view, signal);
    await index.upsert(view, points, signal);
    if (lateWriter) await index.upsert(view, points.slice(0, 1).map(stray), signal);
    return { ...bed.deps, index, batchDocumentsMax: BATCH_DOCUMENTS_MAX };
  }

  const run = (deps: FeatureDeps): Promise<PublishReport> =>
    publish(deps, view, () => undefined, signal);

  async function shown(deps: FeatureDeps): Promise<Shown> {
    const current = await registry.views.get(view.id);
    const epoch = current.publishedEpoch;
    const lines = (await seenIn(deps, current, epoch)).join('\n');
    if (lines !== (await foundIn(deps, current, QUESTION)).join('\n')) return 'no whole epoch';
    if (epoch === 1 && lines === first) return 'first epoch';
    return epoch === 2 && lines === second ? 'second epoch' : 'no whole epoch';
  }

  const spans = async ({ index }: FeatureDeps): Promise<string> => {
    const all: string[] = [];
    for await (const { id, from, to } of index.scan(view, signal)) all.push(`${id} ${from} ${to}`);
    return all.sort().join('\n');
  };

  const calm = await start();
  const first = (await seenIn(calm, view, 1)).join('\n');
  await run(calm);
  const second = (await seenIn(calm, view, 2)).join('\n');
  const ended = await spans(calm);

  async function trial(
    { kind, moment, lateWriter }: Fault,
    { call, number }: Pick<Trial, 'call' | 'number'>,
  ): Promise<Trial> {
    const deps = await start(lateWriter);
    let calls = 0;
    let failed = false;
    const broken = watched(deps, (name, when) => {
      const counts = when === moment && name === call;
      if (counts) calls += 1;
      const isIt = counts && calls === number;
      failed ||= isIt;
      if (isIt || (kind === 'crash' && failed)) {
        throw new AppError('database_unavailable', `${name} failed`, { retryable: true });
      }
    });
    const outcome = await run(broken).catch(() => null);
    if (!failed) throw new Error(`${call} was not called ${number} times`);
    const saw = await shown(deps);
    const keptFirst = (await seenIn(deps, view, 1)).join('\n') === first;
    await run(deps);
    const sawThen = await shown(deps);
    const sameThen = (await spans(deps)) === ended;
    const published = outcome !== null;
    return { call, number, published, saw, keptFirst, sawThen, sameThen };
  }

  return {
    async *trials(fault) {
      const counts = new Map<string, number>();
      const calmly = watched(await start(fault.lateWriter), (call, when) => {
        if (when === fault.moment) counts.set(call, (counts.get(call) ?? 0) + 1);
      });
      await run(calmly);
      for (const [call, count] of counts) {
        for (let number = 1; number <= count; number += 1) yield trial(fault, { call, number });
      }
    },
    async watch() {
      const deps = await start();
      const all: { call: string; saw: Shown }[] = [];
      await run(
        watched(deps, async (call) => {
          all.push({ call, saw: await shown(deps) });
        }),
      );
      return all;
    },
    close: async () => {
      await saved.close();
      await bed.end();
    },
  };
}

/** Begun in the open epoch, taken back before it was written, and then written nevertheless. */
const stray = (point: IndexPoint): IndexPoint => ({
  ...point,
  member: {
    ...point.member,
    id: 'ffffffff-0000-4000-8000-000000000000',
    from: 2,
    to: EPOCH_OPEN_END,
  },
});
