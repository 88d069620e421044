import { and, eq, gt, lte, type SQL, sql } from 'drizzle-orm';
import type { SnapshotFilter } from '#domain/dataset.ts';
import type { Revision } from '#domain/document.ts';
import type { Database } from './database.ts';
import { byCode } from './queries.ts';
import { chunkMembers, documents, revisions, viewDocuments } from './schema/feature-tables.ts';

type At = { readonly viewId: string; readonly epoch: number; readonly filter: SnapshotFilter };

const matches = ({ sourceName, language, tag }: SnapshotFilter): SQL | undefined =>
  and(
    sourceName === undefined ? undefined : eq(documents.sourceName, sourceName),
    language === undefined ? undefined : sql`${revisions.metadata}->>'language' = ${language}`,
    tag === undefined ? undefined : sql`${revisions.metadata}->'tags' ? ${tag}`,
  );

const visible = (table: typeof viewDocuments | typeof chunkMembers, { viewId, epoch }: At) =>
  and(eq(table.viewId, viewId), lte(table.from, epoch), gt(table.to, epoch));

export async function revisionsAt(db: Database, at: At): Promise<readonly Revision[]> {
  const rows = await db
    .select({ revision: revisions })
    .from(viewDocuments)
    .innerJoin(revisions, eq(revisions.id, viewDocuments.revisionId))
    .innerJoin(documents, eq(documents.id, viewDocuments.documentId))
    .where(and(visible(viewDocuments, at), matches(at.filter)))
    .orderBy(byCode(revisions.url));
  return rows.map(({ revision }) => revision);
}

/** Counted and hashed by Postgres, so that no text crosses the wire. */
export async function membershipAt(
  db: Database,
  at: At,
): Promise<{ documents: number; chunks: number; hash: string }> {
  const held = db
    .select({ id: sql<string>`${viewDocuments.revisionId}::text`.as('id') })
    .from(viewDocuments)
    .innerJoin(revisions, eq(revisions.id, viewDocuments.revisionId))
    .innerJoin(documents, eq(documents.id, viewDocuments.documentId))
    .where(and(visible(viewDocuments, at), matches(at.filter)));
  const chunks = db
    .select({ id: sql<string>`${chunkMembers.id}::text`.as('id') })
    .from(chunkMembers)
    .innerJoin(revisions, eq(revisions.id, chunkMembers.revisionId))
    .innerJoin(documents, eq(documents.id, chunkMembers.documentId))
    .where(and(visible(chunkMembers, at), matches(at.filter)));
  const result = await db.execute<{ documents: string; chunks: string; hash: string }>(sql`
    with held as (${held}), chunks as (${chunks}),
    ids as (select id from held union all select id from chunks)
    select (select count(*) from held) as documents,
           (select count(*) from chunks) as chunks,
           encode(sha256(convert_to(
             coalesce((select string_agg(id, ',' order by id collate "C") from ids), ''), 'UTF8')),
             'hex') as hash`);
  const row = result.rows[0];
  return {
    documents: Number(row?.documents ?? 0),
    chunks: Number(row?.chunks ?? 0),
    hash: row?.hash ?? '',
  };
}
