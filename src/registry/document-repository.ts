import { and, eq, gt, ne, type SQL } from 'drizzle-orm';
import {
  contentHashOf,
  type Document,
  documentIdOf,
  type Revision,
  revisionIdOf,
} from '#domain/document.ts';
import { AppError } from '#domain/errors.ts';
import type { PageState } from '#domain/source.ts';
import type { DocumentRegistry, ExtractedPost } from '#ports/source-registry.ts';
import type { Database } from './database.ts';
import { one, translated } from './errors.ts';
import { anyId, byCode, hasId } from './queries.ts';
import { documentMarks, documents, revisions } from './schema/feature-tables.ts';
import { savePage } from './source-repositories.ts';

export function createDocumentRegistry(db: Database): DocumentRegistry {
  const first = async (where: SQL | undefined) =>
    (await db.select().from(documents).where(where).limit(1))[0] ?? null;
  return {
    record: (post, page, at) =>
      translated(() => db.transaction((tx) => recordPost(tx, { post, page, at }))),
    close: (id, at) =>
      translated(async () => {
        await closeDocument(db, id, at);
      }),
    get: (id) => translated(() => first(hasId(documents.id, id))),
    findByUrl: (url) => translated(() => first(eq(documents.url, url))),
    list: (sourceName) =>
      translated(() =>
        db
          .select()
          .from(documents)
          .where(sourceName === null ? undefined : eq(documents.sourceName, sourceName))
          .orderBy(byCode(documents.url)),
      ),
    revisions: (ids) =>
      translated(async () => {
        if (ids.length === 0) return [];
        const rows = await db.select().from(revisions).where(anyId(revisions.id, ids));
        const byId = new Map<string, Revision>(rows.map((row) => [row.id, row]));
        return ids.map((id) => {
          const row = byId.get(id);
          if (row === undefined) throw new AppError('not_found', `there is no revision ${id}.`);
          return row;
        });
      }),
    findTwin: (contentHash, exceptDocumentId) =>
      translated(async () => {
        const rows = await db
          .select({ document: documents })
          .from(documents)
          .innerJoin(revisions, eq(revisions.id, documents.revisionId))
          .where(
            and(
              eq(revisions.contentHash, contentHash),
              eq(documents.status, 'live'),
              ne(documents.id, exceptDocumentId),
            ),
          )
          .orderBy(documents.firstSeenAt, documents.id)
          .limit(1);
        return rows[0]?.document ?? null;
      }),
    ...marksOf(db),
  };
}

type Marks = Pick<DocumentRegistry, 'signatures' | 'blocks' | 'link'>;

const marksOf = (db: Database): Marks => ({
  signatures: (afterId, limit) =>
    translated(() => {
      const { id, url, firstSeenAt, canonicalId } = documents;
      return db
        .select({ id, url, firstSeenAt, canonicalId, signature: documentMarks.signature })
        .from(documents)
        .innerJoin(documentMarks, eq(documentMarks.documentId, id))
        .where(and(eq(documents.status, 'live'), afterId === null ? undefined : gt(id, afterId)))
        .orderBy(id)
        .limit(limit);
    }),
  blocks: (sourceName) =>
    translated(async () => {
      const rows = await db
        .select({ id: documents.id, blocks: documentMarks.blocks })
        .from(documents)
        .innerJoin(documentMarks, eq(documentMarks.documentId, documents.id))
        .where(and(eq(documents.sourceName, sourceName), eq(documents.status, 'live')));
      return new Map(rows.map(({ id, blocks }) => [id, blocks]));
    }),
  link: (links) =>
    translated(() =>
      db.transaction(async (tx) => {
        for (const { id, canonicalId } of links) {
          await tx.update(documents).set({ canonicalId }).where(hasId(documents.id, id));
        }
      }),
    ),
});

type RecordRequest = {
  readonly post: ExtractedPost;
  readonly page: PageState;
  readonly at: string;
};

async function recordPost(
  tx: Pick<Database, 'insert' | 'select' | 'update'>,
  { post, page, at }: RecordRequest,
): Promise<{ document: Document; revision: Revision; isNew: boolean }> {
  const documentId = documentIdOf(post.url);
  const contentHash = contentHashOf(post.markdown, post.metadata);
  const revision: Revision = {
    id: revisionIdOf(documentId, contentHash),
    documentId,
    url: post.url,
    blobKey: post.blobKey,
    contentType: post.contentType,
    markdown: post.markdown,
    metadata: post.metadata,
    contentHash,
    extractedBy: post.extractedBy,
    createdAt: at,
  };
  const known = (
    await tx.select().from(documents).where(eq(documents.id, documentId)).for('update')
  )[0];
  const now = { status: 'live', revisionId: revision.id, closedAt: null } as const;
  const { url, sourceName } = post;
  const recorded = await tx
    .insert(documents)
    .values({ id: documentId, url, sourceName, firstSeenAt: at, ...now })
    .onConflictDoUpdate({ target: documents.id, set: now })
    .returning();
  const document = one(recorded, () => new AppError('internal', `${url} was not recorded`));
  const stored = await storeRevision(tx, revision);
  await savePage(tx, { ...page, documentId });
  await tx
    .insert(documentMarks)
    .values({ documentId, ...post.marks })
    .onConflictDoUpdate({ target: documentMarks.documentId, set: post.marks });
  const isNew = known?.revisionId !== revision.id || known.status === 'closed';
  return { document, revision: stored, isNew };
}

/** The revision itself when it is new, else the one that was stored first. */
async function storeRevision(
  tx: Pick<Database, 'insert' | 'select'>,
  revision: Revision,
): Promise<Revision> {
  const added = await tx
    .insert(revisions)
    .values(revision)
    .onConflictDoNothing()
    .returning({ id: revisions.id });
  if (added.length > 0) return revision;
  const rows = await tx.select().from(revisions).where(eq(revisions.id, revision.id));
  return one(rows, () => new AppError('not_found', `there is no revision ${revision.id}.`));
}

const closeDocument = (db: Pick<Database, 'update'>, id: string, at: string) =>
  db
    .update(documents)
    .set({ status: 'closed', closedAt: at, canonicalId: null })
    .where(and(hasId(documents.id, id), eq(documents.status, 'live')));
