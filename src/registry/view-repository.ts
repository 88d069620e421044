import { and, asc, desc, eq, getTableColumns, isNull, sql } from 'drizzle-orm';
import {
  collectionOf,
  type FeatureView,
  parseVersionedId,
  specHashOf,
  versionedId,
} from '#domain/feature-view.ts';
import type { ViewRegistry } from '#ports/view-registry.ts';
import type { Database } from './database.ts';
import { one, translated } from './errors.ts';
import { byCode, hasVersion, lockName } from './queries.ts';
import { epochs, views } from './schema/feature-tables.ts';
import {
  commitDocument,
  confirmWritten,
  pendingDocuments,
  unfinishedCount,
  unfinishedDocuments,
  unsyncedMembers,
} from './view-commits.ts';
import { discardEmptyEpoch, missingView, openEpoch, publishEpoch } from './view-epochs.ts';
import { membershipAt, revisionsAt } from './view-membership.ts';
import {
  documentsAt,
  dropView,
  endedCount,
  endedPoints,
  forgetBefore,
  forgetPoints,
  membersOf,
  pointsOf,
  unconfirm,
} from './view-points.ts';

export function createViewRegistry(db: Database): ViewRegistry {
  return {
    ensure: (request) => translated(() => db.transaction((tx) => ensureView(tx, request))),
    get: (id) => translated(() => getView(db, id)),
    configured: (name, configuredAs) => translated(() => configuredView(db, name, configuredAs)),
    list: () =>
      translated(() => db.select(VIEW).from(views).orderBy(byCode(views.name), views.version)),
    probes: (viewId) => translated(() => probesOf(db, viewId)),
    markReady: (viewId, at) => translated(() => markReady(db, viewId, at)),
    openEpoch: (viewId, runId, at) =>
      translated(() => db.transaction((tx) => openEpoch(tx, { viewId, runId, at }))),
    discardEmptyEpoch: (viewId, epoch) =>
      translated(() => db.transaction((tx) => discardEmptyEpoch(tx, viewId, epoch))),
    epochs: (viewId) =>
      translated(() =>
        db.select().from(epochs).where(eq(epochs.viewId, viewId)).orderBy(asc(epochs.number)),
      ),
    publish: (request) => translated(() => db.transaction((tx) => publishEpoch(tx, request))),
    unfinished: (viewId, limit) => translated(() => unfinishedDocuments(db, viewId, limit)),
    unfinishedCount: (viewId) => translated(() => unfinishedCount(db, viewId)),
    pending: (viewId, documentIds) => translated(() => pendingDocuments(db, viewId, documentIds)),
    commit: (commit) => translated(() => db.transaction((tx) => commitDocument(tx, commit))),
    unsynced: (viewId, documentIds, limit) =>
      translated(() => unsyncedMembers(db, viewId, { documentIds, limit })),
    confirm: (viewId, written) => translated(() => confirmWritten(db, viewId, written)),
    membership: (viewId, epoch, filter) =>
      translated(() => membershipAt(db, { viewId, epoch, filter })),
    revisionsAt: (viewId, epoch, filter) =>
      translated(() => revisionsAt(db, { viewId, epoch, filter })),
    ...pointMethods(db),
  };
}

const pointMethods = (
  db: Database,
): Pick<
  ViewRegistry,
  | 'unconfirm'
  | 'points'
  | 'members'
  | 'documentsAt'
  | 'forgetBefore'
  | 'ended'
  | 'endedCount'
  | 'forget'
  | 'drop'
> => ({
  unconfirm: (viewId, ids) => translated(() => unconfirm(db, viewId, ids)),
  points: (viewId, after, limit) => translated(() => pointsOf(db, viewId, { after, limit })),
  members: (viewId, ids) => translated(() => membersOf(db, viewId, ids)),
  documentsAt: (viewId, epoch) => translated(() => documentsAt(db, viewId, epoch)),
  forgetBefore: (viewId, epoch) => translated(() => forgetBefore(db, viewId, epoch)),
  ended: (viewId, epoch, limit) => translated(() => endedPoints(db, viewId, { epoch, limit })),
  endedCount: (viewId, epoch) => translated(() => endedCount(db, viewId, epoch)),
  forget: (viewId, epoch, ids) =>
    translated(() => db.transaction((tx) => forgetPoints(tx, viewId, { epoch, ids }))),
  drop: (viewId, at) => translated(() => db.transaction((tx) => dropView(tx, viewId, at))),
});

/** A view without what only the check of its embedder reads. */
const { probes: PROBES, configuredAs: _configuredAs, ...VIEW } = getTableColumns(views);

type Tx = Pick<Database, 'select' | 'insert' | 'update' | 'delete' | 'execute'>;

async function ensureView(
  tx: Tx,
  request: Parameters<ViewRegistry['ensure']>[0],
): Promise<FeatureView> {
  await lockName(tx, `views:${request.name}`);
  const versions = await tx
    .select(VIEW)
    .from(views)
    .where(eq(views.name, request.name))
    .orderBy(desc(views.version));
  const specHash = specHashOf(request.spec);
  const equal = versions.find(
    (view) =>
      view.specHash === specHash &&
      view.fingerprint === request.fingerprint &&
      view.droppedAt === null,
  );
  if (equal !== undefined) return equal;
  const version = (versions[0]?.version ?? 0) + 1;
  const view: FeatureView = {
    id: versionedId(request.name, version),
    name: request.name,
    version,
    spec: request.spec,
    specHash,
    fingerprint: request.fingerprint,
    embedder: request.embedder,
    collection: collectionOf(request.name, version),
    publishedEpoch: 0,
    firstEpoch: 1,
    readyAt: null,
    droppedAt: null,
    createdAt: request.at,
  };
  const { configuredAs } = request;
  await tx.insert(views).values({ ...view, configuredAs, probes: bytesOf(request.probes) });
  return view;
}

const bytesOf = (vectors: readonly Float32Array[]): Uint8Array =>
  Buffer.concat(
    vectors.map(({ buffer, byteOffset, byteLength }) =>
      Buffer.from(buffer, byteOffset, byteLength),
    ),
  );

async function probesOf(db: Database, viewId: string): Promise<readonly Float32Array[]> {
  const rows = await db
    .select({ probes: PROBES, spec: views.spec })
    .from(views)
    .where(eq(views.id, viewId));
  const { probes, spec } = rows[0] ?? {};
  if (probes === undefined || probes === null || spec === undefined) return [];
  const values = new Float32Array(Uint8Array.from(probes).buffer);
  const { dimension } = spec.dense;
  return Array.from({ length: values.length / dimension }, (_, at) =>
    values.slice(at * dimension, (at + 1) * dimension),
  );
}

/** Those that still stand, then those that may be used, then the newest. */
const BEST_FIRST = [
  sql`${views.droppedAt} is not null`,
  sql`${views.readyAt} is null`,
  desc(views.version),
];

async function getView(db: Database, id: string): Promise<FeatureView> {
  const { name, version } = parseVersionedId(id);
  const rows = await db
    .select(VIEW)
    .from(views)
    .where(
      and(eq(views.name, name), version === null ? undefined : hasVersion(views.version, version)),
    )
    .orderBy(...BEST_FIRST)
    .limit(1);
  return one(rows, () => missingView(id));
}

async function configuredView(
  db: Database,
  name: string,
  configuredAs: string,
): Promise<FeatureView | null> {
  const rows = await db
    .select(VIEW)
    .from(views)
    .where(and(eq(views.name, name), eq(views.configuredAs, configuredAs), isNull(views.droppedAt)))
    .orderBy(...BEST_FIRST)
    .limit(1);
  return rows[0] ?? null;
}

async function markReady(db: Database, viewId: string, at: string): Promise<FeatureView> {
  const rows = await db
    .update(views)
    .set({ readyAt: sql`coalesce(${views.readyAt}, ${at}::timestamptz)` })
    .where(eq(views.id, viewId))
    .returning(VIEW);
  return one(rows, () => missingView(viewId));
}
