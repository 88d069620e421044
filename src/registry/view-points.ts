import { and, asc, count, eq, gt, lte, sql } from 'drizzle-orm';
import type { ChunkMember } from '#domain/chunk.ts';
import type { HeldDocument, KnownPoint } from '#ports/view-registry.ts';
import type { Database } from './database.ts';
import { anyId, byCode } from './queries.ts';
import {
  chunkMembers,
  documents,
  epochs,
  revisions,
  viewDocuments,
  views,
} from './schema/feature-tables.ts';
import { memberOf } from './view-commits.ts';

type Page = { readonly after: string | null; readonly limit: number };

export async function pointsOf(
  db: Database,
  viewId: string,
  { after, limit }: Page,
): Promise<readonly KnownPoint[]> {
  const { id, from, to, synced } = chunkMembers;
  const rows = await db
    .select({ id, from, to, synced })
    .from(chunkMembers)
    .where(and(eq(chunkMembers.viewId, viewId), after === null ? undefined : gt(id, after)))
    .orderBy(asc(id))
    .limit(limit);
  return rows.map((row) => ({
    id: row.id,
    from: row.from,
    to: row.to,
    confirmed: row.synced === 1,
  }));
}

export async function membersOf(
  db: Database,
  viewId: string,
  ids: readonly string[],
): Promise<readonly ChunkMember[]> {
  const rows = await db
    .select({ member: chunkMembers, revision: revisions })
    .from(chunkMembers)
    .innerJoin(revisions, eq(revisions.id, chunkMembers.revisionId))
    .where(and(eq(chunkMembers.viewId, viewId), anyId(chunkMembers.id, ids)));
  const byId = new Map(rows.map((row) => [row.member.id, memberOf(row)]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

export async function unconfirm(
  db: Database,
  viewId: string,
  ids: readonly string[],
): Promise<void> {
  await db
    .update(chunkMembers)
    .set({ synced: 0 })
    .where(and(eq(chunkMembers.viewId, viewId), anyId(chunkMembers.id, ids)));
}

export function documentsAt(
  db: Database,
  viewId: string,
  epoch: number,
): Promise<readonly HeldDocument[]> {
  const at = (table: typeof viewDocuments | typeof chunkMembers) =>
    and(eq(table.viewId, viewId), lte(table.from, epoch), gt(table.to, epoch));
  const chunks = db
    .select({ documentId: chunkMembers.documentId, rows: count().as('rows') })
    .from(chunkMembers)
    .where(at(chunkMembers))
    .groupBy(chunkMembers.documentId)
    .as('chunks');
  return db
    .select({
      documentId: viewDocuments.documentId,
      url: documents.url,
      revisionId: viewDocuments.revisionId,
      chunks: sql<number>`coalesce(${chunks.rows}, 0)`.mapWith(Number),
    })
    .from(viewDocuments)
    .innerJoin(documents, eq(documents.id, viewDocuments.documentId))
    .leftJoin(chunks, eq(chunks.documentId, viewDocuments.documentId))
    .where(at(viewDocuments))
    .orderBy(byCode(documents.url));
}

export async function forgetBefore(db: Database, viewId: string, epoch: number): Promise<void> {
  await db
    .update(views)
    .set({ firstEpoch: sql`greatest(${views.firstEpoch}, ${epoch})` })
    .where(eq(views.id, viewId));
}

export async function endedPoints(
  db: Database,
  viewId: string,
  { epoch, limit }: { readonly epoch: number; readonly limit: number },
): Promise<readonly string[]> {
  const rows = await db
    .select({ id: chunkMembers.id })
    .from(chunkMembers)
    .where(and(eq(chunkMembers.viewId, viewId), lte(chunkMembers.to, epoch)))
    .orderBy(asc(chunkMembers.id))
    .limit(limit);
  return rows.map(({ id }) => id);
}

export async function endedCount(db: Database, viewId: string, epoch: number): Promise<number> {
  const rows = await db
    .select({ rows: count() })
    .from(chunkMembers)
    .where(and(eq(chunkMembers.viewId, viewId), lte(chunkMembers.to, epoch)));
  return rows[0]?.rows ?? 0;
}

/** Members and documents that nobody can see from `epoch` on. */
export async function forgetPoints(
  tx: Pick<Database, 'delete'>,
  viewId: string,
  { epoch, ids }: { readonly epoch: number; readonly ids: readonly string[] },
): Promise<void> {
  await tx
    .delete(chunkMembers)
    .where(
      and(
        eq(chunkMembers.viewId, viewId),
        lte(chunkMembers.to, epoch),
        anyId(chunkMembers.id, ids),
      ),
    );
  await tx
    .delete(viewDocuments)
    .where(and(eq(viewDocuments.viewId, viewId), lte(viewDocuments.to, epoch)));
}

export async function dropView(
  tx: Pick<Database, 'delete' | 'update'>,
  viewId: string,
  at: string,
): Promise<void> {
  await tx
    .update(views)
    .set({ droppedAt: sql`coalesce(${views.droppedAt}, ${at}::timestamptz)` })
    .where(eq(views.id, viewId));
  // Waits for commits under way; there is no epoch to commit to after this.
  await tx.delete(epochs).where(and(eq(epochs.viewId, viewId), eq(epochs.status, 'open')));
  await tx.delete(chunkMembers).where(eq(chunkMembers.viewId, viewId));
  await tx.delete(viewDocuments).where(eq(viewDocuments.viewId, viewId));
}
