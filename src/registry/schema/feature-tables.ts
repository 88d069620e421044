import { sql } from 'drizzle-orm';
import {
  bigint,
  doublePrecision,
  index,
  integer,
  pgTable,
  primaryKey,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { ChunkFrame } from '#domain/chunk.ts';
import type { PostMetadata } from '#domain/document.ts';
import type { FeatureViewSpec } from '#domain/feature-view.ts';
import type { CrawlLimits, SourceKind, SourceRules } from '#domain/source.ts';
import { instant } from './instant.ts';
import { bytea, jsonb, text } from './storable.ts';

export const sources = pgTable('sources', {
  name: text().primaryKey(),
  kind: text().$type<SourceKind>().notNull(),
  urls: jsonb().$type<readonly string[]>().notNull(),
  limits: jsonb().$type<CrawlLimits>().notNull(),
  rules: jsonb().$type<SourceRules>().notNull(),
  createdAt: instant('created_at').notNull(),
});

export const documents = pgTable(
  'documents',
  {
    id: uuid().primaryKey(),
    url: text().notNull(),
    sourceName: text('source_name').notNull(),
    status: text().$type<'live' | 'closed'>().notNull(),
    revisionId: uuid('revision_id'),
    canonicalId: uuid('canonical_id'),
    firstSeenAt: instant('first_seen_at').notNull(),
    closedAt: instant('closed_at'),
  },
  (table) => [
    uniqueIndex('documents_url').on(table.url),
    index('documents_source').on(table.sourceName),
  ],
);

export const revisions = pgTable(
  'revisions',
  {
    id: uuid().primaryKey(),
    documentId: uuid('document_id')
      .notNull()
      .references(() => documents.id),
    url: text().notNull(),
    blobKey: text('blob_key').notNull(),
    contentType: text('content_type').notNull(),
    markdown: text().notNull(),
    metadata: jsonb().$type<PostMetadata>().notNull(),
    contentHash: text('content_hash').notNull(),
    extractedBy: text('extracted_by').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    index('revisions_document').on(table.documentId),
    index('revisions_content').on(table.contentHash),
  ],
);

export const pages = pgTable(
  'pages',
  {
    sourceName: text('source_name').notNull(),
    url: text().notNull(),
    documentId: uuid('document_id'),
    etag: text(),
    lastModified: text('last_modified'),
    bodyHash: text('body_hash'),
    links: jsonb().$type<readonly string[]>().notNull(),
    outcome: text().notNull(),
    goneCount: integer('gone_count').notNull(),
    extractedBy: text('extracted_by').notNull(),
    checkedAt: instant('checked_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.sourceName, table.url] })],
);

/** What the current revision of a document is compared with others by. */
export const documentMarks = pgTable('document_marks', {
  documentId: uuid('document_id')
    .primaryKey()
    .references(() => documents.id),
  signature: bytea(),
  blocks: bytea().notNull(),
});

export const siteTemplates = pgTable('site_templates', {
  sourceName: text('source_name').primaryKey(),
  hashes: bytea().notNull(),
});

export const visits = pgTable(
  'visits',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    runId: uuid('run_id').notNull(),
    sourceName: text('source_name').notNull(),
    url: text().notNull(),
    outcome: text().notNull(),
    code: text(),
    elapsedMs: doublePrecision('elapsed_ms').notNull(),
    bytes: bigint({ mode: 'number' }).notNull(),
    at: instant('at').notNull(),
  },
  (table) => [index('visits_run').on(table.runId)],
);

export const deadLetters = pgTable(
  'dead_letters',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    runId: uuid('run_id').notNull(),
    sourceName: text('source_name').notNull(),
    url: text().notNull(),
    stage: text().notNull(),
    code: text().notNull(),
    message: text().notNull(),
    retryable: integer().notNull(),
    at: instant('at').notNull(),
  },
  (table) => [
    index('dead_letters_run').on(table.runId),
    index('dead_letters_source').on(table.sourceName),
  ],
);

export const views = pgTable(
  'views',
  {
    id: text().primaryKey(),
    name: text().notNull(),
    version: integer().notNull(),
    spec: jsonb().$type<FeatureViewSpec>().notNull(),
    specHash: text('spec_hash').notNull(),
    fingerprint: text().notNull(),
    /** How its embedder is loaded; null for views of before it was kept. */
    embedder: text(),
    configuredAs: text('configured_as').notNull(),
    collection: text().notNull(),
    /** Vectors of the probe texts, one after the other, as little-endian floats. */
    probes: bytea(),
    publishedEpoch: integer('published_epoch').notNull(),
    firstEpoch: integer('first_epoch').notNull().default(1),
    readyAt: instant('ready_at'),
    droppedAt: instant('dropped_at'),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [uniqueIndex('views_name_version').on(table.name, table.version)],
);

export const epochs = pgTable(
  'epochs',
  {
    viewId: text('view_id')
      .notNull()
      .references(() => views.id),
    number: integer().notNull(),
    status: text().$type<'open' | 'published'>().notNull(),
    runId: uuid('run_id').notNull(),
    openedAt: instant('opened_at').notNull(),
    publishedAt: instant('published_at'),
    documents: integer(),
    chunks: integer(),
  },
  (table) => [primaryKey({ columns: [table.viewId, table.number] })],
);

/** Which revision of a document a view holds, by epoch. */
export const viewDocuments = pgTable(
  'view_documents',
  {
    viewId: text('view_id').notNull(),
    documentId: uuid('document_id').notNull(),
    revisionId: uuid('revision_id').notNull(),
    from: bigint('from_epoch', { mode: 'number' }).notNull(),
    to: bigint('to_epoch', { mode: 'number' }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.viewId, table.documentId, table.from] }),
    index('view_documents_live').on(table.viewId, table.to),
  ],
);

export const chunkMembers = pgTable(
  'chunk_members',
  {
    id: uuid().primaryKey(),
    viewId: text('view_id').notNull(),
    documentId: uuid('document_id').notNull(),
    revisionId: uuid('revision_id').notNull(),
    sourceName: text('source_name').notNull(),
    key: text().notNull(),
    start: integer('span_start').notNull(),
    end: integer('span_end').notNull(),
    tokens: integer().notNull(),
    headingPath: jsonb('heading_path').$type<readonly string[]>().notNull(),
    frame: jsonb().$type<ChunkFrame>(),
    from: bigint('from_epoch', { mode: 'number' }).notNull(),
    to: bigint('to_epoch', { mode: 'number' }).notNull(),
    /** 1 when the index is known to hold this row as it stands. */
    synced: integer().notNull(),
  },
  (table) => [
    index('chunk_members_document').on(table.viewId, table.documentId, table.to),
    index('chunk_members_unsynced').on(table.viewId, table.documentId).where(sql`synced = 0`),
    index('chunk_members_ended').on(table.viewId, table.to),
  ],
);

export const leases = pgTable('leases', {
  name: text().primaryKey(),
  holder: text().notNull(),
  expiresAt: instant('expires_at').notNull(),
});
