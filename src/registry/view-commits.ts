import { and, count, eq, gte, sql } from 'drizzle-orm';
import { union } from 'drizzle-orm/pg-core';
import { type ChunkMember, contextOf, pointIdOf } from '#domain/chunk.ts';
import { diffMembership, EPOCH_OPEN_END, epochId } from '#domain/epoch.ts';
import { AppError } from '#domain/errors.ts';
import type { DocumentCommit, PendingDocument } from '#ports/view-registry.ts';
import type { Database } from './database.ts';
import { one } from './errors.ts';
import { anyId } from './queries.ts';
import {
  chunkMembers,
  documents,
  epochs,
  revisions,
  viewDocuments,
} from './schema/feature-tables.ts';

type Tx = Pick<Database, 'select' | 'insert' | 'update'>;

/** Rows of one insert; Postgres takes at most 65,535 parameters. */
const ROWS_MAX = 1_000;

const live = (viewId: string) =>
  and(
    eq(viewDocuments.documentId, documents.id),
    eq(viewDocuments.viewId, viewId),
    eq(viewDocuments.to, EPOCH_OPEN_END),
  );

/** A document that nearly repeats another one is in no view, though it lives. */
const isWanted = sql`(${documents.status} = 'live' and ${documents.canonicalId} is null)`;

const isPending = sql`(
  (${isWanted} and ${documents.revisionId} is distinct from ${viewDocuments.revisionId})
  or (not ${isWanted} and ${viewDocuments.revisionId} is not null))`;

export async function pendingDocuments(
  db: Database,
  viewId: string,
  documentIds: readonly string[],
): Promise<readonly PendingDocument[]> {
  const rows = await db
    .select({ document: documents, revision: revisions })
    .from(documents)
    .leftJoin(viewDocuments, live(viewId))
    .leftJoin(revisions, eq(revisions.id, documents.revisionId))
    .where(and(anyId(documents.id, documentIds), isPending))
    .orderBy(documents.id);
  return rows.map(({ document, revision }) => ({
    document,
    revision: document.status === 'live' && document.canonicalId === null ? revision : null,
  }));
}

/** Documents to commit, and those with points that the index has not confirmed; each once. */
const unfinished = (db: Database, viewId: string) =>
  union(
    db
      .select({ id: documents.id })
      .from(documents)
      .leftJoin(viewDocuments, live(viewId))
      .where(isPending),
    db
      .select({ id: chunkMembers.documentId })
      .from(chunkMembers)
      .where(and(eq(chunkMembers.viewId, viewId), eq(chunkMembers.synced, 0))),
  );

export async function unfinishedDocuments(
  db: Database,
  viewId: string,
  limit: number,
): Promise<readonly string[]> {
  const rows = await unfinished(db, viewId).orderBy(sql`id`).limit(limit);
  return rows.map(({ id }) => id);
}

export async function unfinishedCount(db: Database, viewId: string): Promise<number> {
  const rows = await db.select({ rows: count() }).from(unfinished(db, viewId).as('unfinished'));
  return rows[0]?.rows ?? 0;
}

/**
 * Keeps publishing out until the transaction ends, and commits too with `update`. Rejects with
 * `lease_held` when the epoch is not open: a writer that lost its lease must not change what readers
 * see already.
 */
export async function lockOpenEpoch(
  tx: Pick<Database, 'select'>,
  viewId: string,
  epoch: number,
  strength: 'share' | 'update',
): Promise<void> {
  const rows = await tx
    .select({ number: epochs.number })
    .from(epochs)
    .where(and(eq(epochs.viewId, viewId), eq(epochs.number, epoch), eq(epochs.status, 'open')))
    .for(strength);
  one(
    rows,
    () =>
      new AppError(
        'lease_held',
        `epoch ${epochId(viewId, epoch)} is not open: another run published it, or none opened it.`,
      ),
  );
}

export async function commitDocument(
  tx: Tx,
  commit: DocumentCommit,
): Promise<{ added: number; closed: number; kept: number }> {
  const { viewId, epoch, documentId } = commit;
  await lockOpenEpoch(tx, viewId, epoch, 'share');
  // Workers commit at once; two that were given the same document take turns.
  await tx
    .select({ id: documents.id })
    .from(documents)
    .where(eq(documents.id, documentId))
    .for('update');
  const members = await tx
    .select({
      id: chunkMembers.id,
      key: chunkMembers.key,
      from: chunkMembers.from,
      to: chunkMembers.to,
    })
    .from(chunkMembers)
    .where(
      and(
        eq(chunkMembers.viewId, viewId),
        eq(chunkMembers.documentId, documentId),
        gte(chunkMembers.to, epoch),
      ),
    );
  const desired = new Map(commit.chunks.map((entry) => [entry.key, entry]));
  const change = diffMembership(members, new Set(desired.keys()), epoch);
  const setEnd = (ids: readonly string[], to: number) =>
    tx.update(chunkMembers).set({ to, synced: 0 }).where(anyId(chunkMembers.id, ids));
  if (change.closed.length > 0) await setEnd(change.closed, epoch);
  if (change.reopened.length > 0) await setEnd(change.reopened, EPOCH_OPEN_END);
  const rows = change.added.flatMap((key) => {
    const entry = desired.get(key);
    return entry === undefined ? [] : [memberRow(commit, entry)];
  });
  for (let at = 0; at < rows.length; at += ROWS_MAX) {
    await tx.insert(chunkMembers).values(rows.slice(at, at + ROWS_MAX));
  }
  await commitMembership(tx, commit);
  return {
    added: change.added.length + change.reopened.length,
    closed: change.closed.length,
    kept: change.kept.length,
  };
}

function memberRow(commit: DocumentCommit, entry: DocumentCommit['chunks'][number]) {
  const { key, chunk, context } = entry;
  return {
    id: pointIdOf(commit.viewId, commit.documentId, key, commit.epoch),
    viewId: commit.viewId,
    documentId: commit.documentId,
    revisionId: context.revisionId,
    sourceName: context.sourceName,
    key,
    start: chunk.start,
    end: chunk.end,
    tokens: chunk.tokens,
    headingPath: chunk.headingPath,
    frame: chunk.frame ?? null,
    from: commit.epoch,
    to: EPOCH_OPEN_END,
    synced: 0,
  };
}

/** Closes what the view held of the document, and opens the new revision in its place. */
async function commitMembership(tx: Tx, commit: DocumentCommit): Promise<void> {
  const { viewId, epoch, documentId, revisionId } = commit;
  const held = and(
    eq(viewDocuments.viewId, viewId),
    eq(viewDocuments.documentId, documentId),
    eq(viewDocuments.to, EPOCH_OPEN_END),
  );
  const rows = await tx.select().from(viewDocuments).where(held);
  if ((rows[0]?.revisionId ?? null) === revisionId) return;
  await tx.update(viewDocuments).set({ to: epoch }).where(held);
  if (revisionId === null) return;
  await tx
    .insert(viewDocuments)
    .values({ viewId, documentId, revisionId, from: epoch, to: EPOCH_OPEN_END })
    .onConflictDoUpdate({
      target: [viewDocuments.viewId, viewDocuments.documentId, viewDocuments.from],
      set: { revisionId, to: EPOCH_OPEN_END },
    });
}

export async function unsyncedMembers(
  db: Database,
  viewId: string,
  { documentIds, limit }: { readonly documentIds: readonly string[]; readonly limit: number },
): Promise<readonly ChunkMember[]> {
  const rows = await db
    .select({ member: chunkMembers, revision: revisions })
    .from(chunkMembers)
    .innerJoin(revisions, eq(revisions.id, chunkMembers.revisionId))
    .where(
      and(
        eq(chunkMembers.viewId, viewId),
        eq(chunkMembers.synced, 0),
        anyId(chunkMembers.documentId, documentIds),
      ),
    )
    .orderBy(chunkMembers.documentId, chunkMembers.start, chunkMembers.id)
    .limit(limit);
  return rows.map(memberOf);
}

/** A row and its revision as a member. */
export const memberOf = ({
  member,
  revision,
}: {
  readonly member: typeof chunkMembers.$inferSelect;
  readonly revision: typeof revisions.$inferSelect;
}): ChunkMember => ({
  id: member.id,
  key: member.key,
  chunk: {
    start: member.start,
    end: member.end,
    text: revision.markdown.slice(member.start, member.end),
    headingPath: member.headingPath,
    tokens: member.tokens,
    ...(member.frame !== null && { frame: member.frame }),
  },
  context: contextOf(revision, revision.metadata, member.sourceName),
  from: member.from,
  to: member.to,
});

export async function confirmWritten(
  db: Database,
  viewId: string,
  written: readonly { readonly id: string; readonly to: number }[],
): Promise<void> {
  const byEnd = Map.groupBy(written, ({ to }) => to);
  for (const [to, rows] of byEnd) {
    const ids = anyId(
      chunkMembers.id,
      rows.map(({ id }) => id),
    );
    await db
      .update(chunkMembers)
      .set({ synced: 1 })
      .where(and(eq(chunkMembers.viewId, viewId), ids, eq(chunkMembers.to, to)));
  }
}
