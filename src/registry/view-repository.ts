import { and, asc, count, desc, eq, gt, lte, sql } from 'drizzle-orm';
import { EPOCH_OPEN_END } from '#domain/epoch.ts';
import { AppError } from '#domain/errors.ts';
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
import { chunkMembers, epochs, leases, viewDocuments, views } from './schema/feature-tables.ts';
import {
  commitDocument,
  confirmWritten,
  lockOpenEpoch,
  pendingCount,
  pendingDocuments,
  unsyncedMembers,
} from './view-commits.ts';
import { membershipAt, revisionsAt } from './view-membership.ts';

export function createViewRegistry(db: Database): ViewRegistry {
  return {
    ensure: (request) => translated(() => db.transaction((tx) => ensureView(tx, request))),
    get: (id) => translated(() => getView(db, id)),
    list: () =>
      translated(() => db.select().from(views).orderBy(byCode(views.name), views.version)),
    openEpoch: (viewId, runId, at) =>
      translated(() => db.transaction((tx) => openEpoch(tx, { viewId, runId, at }))),
    discardEmptyEpoch: (viewId, epoch) =>
      translated(() => db.transaction((tx) => discardEmptyEpoch(tx, viewId, epoch))),
    epochs: (viewId) =>
      translated(() =>
        db.select().from(epochs).where(eq(epochs.viewId, viewId)).orderBy(asc(epochs.number)),
      ),
    publish: (request) => translated(() => db.transaction((tx) => publish(tx, request))),
    pending: (viewId, limit) => translated(() => pendingDocuments(db, viewId, limit)),
    pendingCount: (viewId) => translated(() => pendingCount(db, viewId)),
    commit: (commit) => translated(() => db.transaction((tx) => commitDocument(tx, commit))),
    unsynced: (viewId, limit) => translated(() => unsyncedMembers(db, viewId, limit)),
    confirm: (viewId, written) => translated(() => confirmWritten(db, viewId, written)),
    membership: (viewId, epoch, filter) =>
      translated(() => membershipAt(db, { viewId, epoch, filter })),
    revisionsAt: (viewId, epoch, filter) =>
      translated(() => revisionsAt(db, { viewId, epoch, filter })),
  };
}

type Tx = Pick<Database, 'select' | 'insert' | 'update' | 'delete' | 'execute'>;

async function ensureView(
  tx: Tx,
  request: Parameters<ViewRegistry['ensure']>[0],
): Promise<FeatureView> {
  await lockName(tx, `views:${request.name}`);
  const versions = await tx
    .select()
    .from(views)
    .where(eq(views.name, request.name))
    .orderBy(desc(views.version));
  const specHash = specHashOf(request.spec);
  const equal = versions.find(
    (view) => view.specHash === specHash && view.fingerprint === request.fingerprint,
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
    collection: collectionOf(request.name, version),
    publishedEpoch: 0,
    createdAt: request.at,
  };
  await tx.insert(views).values(view);
  return view;
}

async function getView(db: Database, id: string): Promise<FeatureView> {
  const { name, version } = parseVersionedId(id);
  const rows = await db
    .select()
    .from(views)
    .where(
      and(eq(views.name, name), version === null ? undefined : hasVersion(views.version, version)),
    )
    .orderBy(desc(views.version))
    .limit(1);
  return one(
    rows,
    () =>
      new AppError('not_found', `there is no view ${id}; see lockstep view list.`, {
        param: 'view',
      }),
  );
}

async function openEpoch(
  tx: Tx,
  { viewId, runId, at }: { viewId: string; runId: string; at: string },
) {
  // Locked, so that of two runs the second finds the epoch that the first one opens.
  const view = one(
    await tx.select().from(views).where(eq(views.id, viewId)).for('update'),
    () => new AppError('not_found', `there is no view ${viewId}; see lockstep view list.`),
  );
  const open = await tx
    .select()
    .from(epochs)
    .where(and(eq(epochs.viewId, viewId), eq(epochs.status, 'open')));
  if (open[0] !== undefined) return open[0];
  const epoch = {
    viewId,
    number: view.publishedEpoch + 1,
    status: 'open' as const,
    runId,
    openedAt: at,
    publishedAt: null,
    documents: null,
    chunks: null,
  };
  await tx.insert(epochs).values(epoch);
  return epoch;
}

async function discardEmptyEpoch(tx: Tx, viewId: string, epoch: number): Promise<boolean> {
  const touched = await tx.execute<{ rows: string }>(sql`
    select (select count(*) from ${chunkMembers}
             where view_id = ${viewId} and (from_epoch = ${epoch} or to_epoch = ${epoch}))
         + (select count(*) from ${viewDocuments}
             where view_id = ${viewId} and (from_epoch = ${epoch} or to_epoch = ${epoch})) as rows`);
  if (Number(touched.rows[0]?.rows) > 0) return false;
  const gone = await tx
    .delete(epochs)
    .where(and(eq(epochs.viewId, viewId), eq(epochs.number, epoch), eq(epochs.status, 'open')))
    .returning();
  return gone.length > 0;
}

async function publish(tx: Tx, request: Parameters<ViewRegistry['publish']>[0]) {
  const { viewId, epoch, holder, at } = request;
  const held = await tx
    .select()
    .from(leases)
    .where(
      and(eq(leases.name, `view:${viewId}`), eq(leases.holder, holder), gt(leases.expiresAt, at)),
    )
    // Nobody takes the lease over, and commits more, between this check and the commit.
    .for('update');
  if (held.length === 0) {
    throw new AppError('lease_held', `${holder} no longer holds the lease of ${viewId}.`);
  }
  await lockOpenEpoch(tx, viewId, epoch);
  const unsynced = await tx
    .select({ rows: count() })
    .from(chunkMembers)
    .where(and(eq(chunkMembers.viewId, viewId), eq(chunkMembers.synced, 0)));
  if ((unsynced[0]?.rows ?? 0) > 0) {
    throw new AppError(
      'index_mismatch',
      `${unsynced[0]?.rows} point(s) of ${viewId} are not confirmed by the index; crawl again to resume.`,
    );
  }
  const moved = await tx
    .update(views)
    .set({ publishedEpoch: epoch })
    .where(and(eq(views.id, viewId), eq(views.publishedEpoch, epoch - 1)))
    .returning();
  if (moved.length === 0) {
    throw new AppError('lease_held', `epoch ${epoch} of ${viewId} is not the next one any more.`);
  }
  const visible = (table: typeof chunkMembers | typeof viewDocuments) =>
    and(eq(table.viewId, viewId), lte(table.from, epoch), eq(table.to, EPOCH_OPEN_END));
  const chunks = await tx.select({ rows: count() }).from(chunkMembers).where(visible(chunkMembers));
  const documents = await tx
    .select({ rows: count() })
    .from(viewDocuments)
    .where(visible(viewDocuments));
  const published = await tx
    .update(epochs)
    .set({
      status: 'published',
      publishedAt: at,
      documents: documents[0]?.rows ?? 0,
      chunks: chunks[0]?.rows ?? 0,
    })
    .where(and(eq(epochs.viewId, viewId), eq(epochs.number, epoch)))
    .returning();
  return one(published, () => new AppError('not_found', `epoch ${epoch} of ${viewId} is gone.`));
}
