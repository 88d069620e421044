import type { Snapshot, SnapshotFilter } from '#domain/dataset.ts';
import type { Revision } from '#domain/document.ts';
import type { Epoch } from '#domain/epoch.ts';
import { AppError } from '#domain/errors.ts';
import { type FeatureView, parseVersionedId, versionedId } from '#domain/feature-view.ts';
import { hashOf } from '#domain/hash.ts';
import { modelHashOf } from '#domain/model.ts';
import { promptHashOf, validatePrompt } from '#domain/prompt.ts';
import type {
  DatasetRegistry,
  EvaluationRegistry,
  ModelRegistry,
  PromptRegistry,
  SnapshotRegistry,
} from '#ports/training-registry.ts';
import type { ViewRegistry } from '#ports/view-registry.ts';

type Versioned = { readonly id: string; readonly name: string; readonly version: number };

const missing = (kind: string, id: string) =>
  new AppError('not_found', `there is no ${kind} ${id}`);

/** Rows by name and version, as the real registry keeps them. */
function createShelf<Row extends Versioned>(kind: string) {
  const rows: Row[] = [];
  const named = (name: string) => rows.filter((row) => row.name === name);
  return {
    rows,
    named,
    next: (name: string) => Math.max(0, ...named(name).map(({ version }) => version)) + 1,
    add(row: Row): Row {
      if (rows.some(({ id }) => id === row.id)) {
        throw new AppError('already_exists', `${kind} ${row.id} is taken`);
      }
      rows.push(row);
      return row;
    },
    get(id: string): Row {
      const { name, version } = parseVersionedId(id);
      const found = named(name)
        .filter((row) => version === null || row.version === version)
        .sort((a, b) => b.version - a.version)[0];
      if (found === undefined) throw missing(kind, id);
      return found;
    },
  };
}

export function createSnapshotsInMemory(): SnapshotRegistry {
  const rows = new Map<string, Snapshot>();
  return {
    add: async (snapshot) => {
      if (!rows.has(snapshot.id)) rows.set(snapshot.id, snapshot);
      return rows.get(snapshot.id) ?? snapshot;
    },
    get: async (id) => {
      const row = rows.get(id);
      if (row === undefined) throw missing('snapshot', id);
      return row;
    },
    list: async () => [...rows.values()].reverse(),
  };
}

export function createDatasetsInMemory(): DatasetRegistry {
  const shelf = createShelf<Awaited<ReturnType<DatasetRegistry['get']>>>('dataset');
  return {
    nextVersion: async (name) => shelf.next(name),
    add: async (dataset) => shelf.add(dataset),
    findByHash: async (name, hash) => shelf.named(name).find((row) => row.hash === hash) ?? null,
    get: async (id) => shelf.get(id),
    list: async () => shelf.rows,
  };
}

export function createPromptsInMemory(): PromptRegistry {
  const shelf = createShelf<Awaited<ReturnType<PromptRegistry['get']>>>('prompt');
  return {
    register: async ({ at, ...prompt }) => {
      validatePrompt(prompt);
      const hash = promptHashOf(prompt);
      const version = shelf.next(prompt.name);
      const equal = shelf.named(prompt.name).find((row) => row.hash === hash);
      const id = versionedId(prompt.name, version);
      return equal ?? shelf.add({ ...prompt, id, version, hash, createdAt: at });
    },
    get: async (id) => shelf.get(id),
    list: async () => [...shelf.rows],
  };
}

export function createModelsInMemory(): ModelRegistry {
  const shelf = createShelf<Awaited<ReturnType<ModelRegistry['get']>>>('model');
  return {
    register: async (name, spec, at, metrics = {}) => {
      const hash = modelHashOf(spec);
      const version = shelf.next(name);
      const equal = shelf.named(name).find((row) => row.hash === hash);
      const id = versionedId(name, version);
      return equal ?? shelf.add({ ...spec, id, name, version, metrics, hash, createdAt: at });
    },
    get: async (id) => shelf.get(id),
    list: async () => shelf.rows,
  };
}

export function createEvaluationsInMemory(): EvaluationRegistry {
  const rows: Awaited<ReturnType<EvaluationRegistry['get']>>[] = [];
  const newestFirst = () => rows.toReversed().sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  return {
    add: async (evaluation) => void rows.push(evaluation),
    get: async (id) => {
      const row = rows.find((evaluation) => evaluation.id === id);
      if (row === undefined) throw missing('evaluation', id);
      return row;
    },
    latest: async (pairingId) => newestFirst().find((row) => row.pairingId === pairingId) ?? null,
    list: async () => newestFirst(),
  };
}

export type EpochContents = readonly { readonly revision: Revision; readonly sourceName: string }[];

export type FakeViews = ViewRegistry & {
  /** Replaces what an epoch holds, as vacuum or a tampered database would. */
  tamper(epoch: number, contents: EpochContents): void;
};

/**
 * One view with the given published epochs, and an open one after them. It knows what reading
 * needs: `get`, `list`, `epochs`, `membership`, `revisionsAt`. One chunk a document; all else throws.
 */
export function createViewStub(view: FeatureView, published: readonly EpochContents[]): FakeViews {
  const contents = new Map(published.map((entries, index) => [index + 1, entries]));
  const epochs = published.map((entries, index) => epochOf(view, index + 1, entries.length));
  const unused = (): never => {
    throw new Error('this fake only reads');
  };
  const matching = (epoch: number, { sourceName, language, tag }: SnapshotFilter) =>
    (contents.get(epoch) ?? [])
      .filter(
        (entry) =>
          (sourceName === undefined || entry.sourceName === sourceName) &&
          (language === undefined || entry.revision.metadata.language === language) &&
          (tag === undefined || entry.revision.metadata.tags.includes(tag)),
      )
      .map(({ revision }) => revision)
      .sort((a, b) => (a.url < b.url ? -1 : 1));
  return {
    get: async (id) => {
      if (id !== view.id && id !== view.name) throw missing('view', id);
      return view;
    },
    list: async () => [view],
    epochs: async () => [...epochs, epochOf(view, epochs.length + 1, null)],
    membership: async (_, epoch, filter) => {
      const revisions = matching(epoch, filter);
      const hash = hashOf(revisions.map(({ id }) => id).sort());
      return { documents: revisions.length, chunks: revisions.length, hash };
    },
    revisionsAt: async (_, epoch, filter) => matching(epoch, filter),
    tamper: (epoch, entries) => void contents.set(epoch, entries),
    ensure: unused,
    configured: unused,
    probes: unused,
    markReady: unused,
    openEpoch: unused,
    discardEmptyEpoch: unused,
    publish: unused,
    unfinished: unused,
    unfinishedCount: unused,
    pending: unused,
    commit: unused,
    unsynced: unused,
    confirm: unused,
    unconfirm: unused,
    points: unused,
    members: unused,
    documentsAt: unused,
    forgetBefore: unused,
    ended: unused,
    endedCount: unused,
    forget: unused,
    drop: unused,
  };
}

const epochOf = (view: FeatureView, number: number, documents: number | null): Epoch => ({
  viewId: view.id,
  number,
  status: documents === null ? 'open' : 'published',
  runId: 'run',
  openedAt: '2026-01-01T00:00:00.000Z',
  publishedAt: documents === null ? null : '2026-01-01T00:00:00.000Z',
  documents,
  chunks: documents,
});
