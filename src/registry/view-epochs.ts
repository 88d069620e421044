import { and, count, eq, gt, lte, sql } from 'drizzle-orm';
import { EPOCH_OPEN_END } from '#domain/epoch.ts';
import { AppError } from '#domain/errors.ts';
import type { ViewRegistry } from '#ports/view-registry.ts';
import type { Database } from './database.ts';
import { one } from './errors.ts';
import { chunkMembers, epochs, leases, viewDocuments, views } from './schema/feature-tables.ts';
import { lockOpenEpoch } from './view-commits.ts';

type Tx = Pick<Database, 'select' | 'insert' | 'update' | 'delete' | 'execute'>;

export const missingView = (id: string): AppError =>
  new AppError('not_found', `there is no view ${id}; see lockstep view list.`, { param: 'view' });

export async function openEpoch(
  tx: Tx,
  { viewId, runId, at }: { viewId: string; runId: string; at: string },
) {
  // Locked, so that of two runs the second finds the epoch that the first one opens.
  const view = one(await tx.select().from(views).where(eq(views.id, viewId)).for('update'), () =>
    missingView(viewId),
  );
  if (view.droppedAt !== null) {
    throw new AppError('not_found', `${viewId} was dropped; nothing is published of it any more.`, {
      param: 'view',
    });
  }
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

export async function discardEmptyEpoch(tx: Tx, viewId: string, epoch: number): Promise<boolean> {
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

export async function publishEpoch(tx: Tx, request: Parameters<ViewRegistry['publish']>[0]) {
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
  await lockOpenEpoch(tx, viewId, epoch, 'update');
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
