import { and, desc, eq, ne, type SQL } from 'drizzle-orm';
import {
  contentHashOf,
  type Document,
  documentIdOf,
  type Revision,
  revisionIdOf,
} from '#domain/document.ts';
import { AppError } from '#domain/errors.ts';
import { canonicalJson } from '#domain/hash.ts';
import type { PageState } from '#domain/source.ts';
import type {
  DeadLetterRegistry,
  DocumentRegistry,
  ExtractedPost,
  PageRegistry,
  SourceRegistry,
} from '#ports/source-registry.ts';
import type { Database } from './database.ts';
import { one, translated } from './errors.ts';
import { anyId, byCode, hasId } from './queries.ts';
import { deadLetters, documents, pages, revisions, sources } from './schema/feature-tables.ts';

export function createSourceRegistry(db: Database): SourceRegistry {
  const find = (name: string) => db.select().from(sources).where(eq(sources.name, name));
  return {
    add: (source) =>
      translated(async () => {
        await db.insert(sources).values(source).onConflictDoNothing();
        const stored = one(await find(source.name), () => unknownSource(source.name));
        const identity = ({ kind, urls }: typeof source) => canonicalJson({ kind, urls });
        if (identity(stored) !== identity(source)) {
          throw new AppError(
            'already_exists',
            `source ${source.name} is registered with other URLs (${stored.urls.join(', ')}); ` +
              'choose another --name.',
            { param: 'name' },
          );
        }
        return stored;
      }),
    get: (name) => translated(async () => one(await find(name), () => unknownSource(name))),
    list: () => translated(() => db.select().from(sources).orderBy(byCode(sources.name))),
  };
}

const unknownSource = (name: string) =>
  new AppError('not_found', `there is no source ${name}; see lockstep source list.`, {
    param: 'source',
  });

const savePage = (db: Pick<Database, 'insert'>, state: PageState) =>
  db
    .insert(pages)
    .values(state)
    .onConflictDoUpdate({ target: [pages.sourceName, pages.url], set: state });

export function createPageRegistry(db: Database): PageRegistry {
  return {
    states: (sourceName) =>
      translated(async () => {
        const rows = await db.select().from(pages).where(eq(pages.sourceName, sourceName));
        return new Map(rows.map((row) => [row.url, row]));
      }),
    save: (state) => translated(async () => void (await savePage(db, state))),
  };
}

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
  };
}

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
    .set({ status: 'closed', closedAt: at })
    .where(and(hasId(documents.id, id), eq(documents.status, 'live')));

export function createDeadLetterRegistry(db: Database): DeadLetterRegistry {
  return {
    add: (letter) =>
      translated(async () => {
        await db.insert(deadLetters).values({ ...letter, retryable: letter.retryable ? 1 : 0 });
      }),
    list: ({ runId, sourceName }) =>
      translated(async () => {
        const rows = await db
          .select()
          .from(deadLetters)
          .where(
            and(
              runId === undefined ? undefined : hasId(deadLetters.runId, runId),
              sourceName === undefined ? undefined : eq(deadLetters.sourceName, sourceName),
            ),
          )
          .orderBy(desc(deadLetters.id));
        return rows.map(({ id: _, ...row }) => ({ ...row, retryable: row.retryable === 1 }));
      }),
  };
}
