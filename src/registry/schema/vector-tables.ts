import { pgTable, primaryKey } from 'drizzle-orm/pg-core';
import type { EmbeddingPurpose } from '#domain/embedding.ts';
import { bytea, text } from './storable.ts';

/** Vectors of texts that were embedded once, by embedder. */
export const vectorCache = pgTable(
  'vector_cache',
  {
    fingerprint: text().notNull(),
    purpose: text().$type<EmbeddingPurpose>().notNull(),
    textHash: bytea('text_hash').notNull(),
    vector: bytea().notNull(),
  },
  (table) => [primaryKey({ columns: [table.fingerprint, table.purpose, table.textHash] })],
);
