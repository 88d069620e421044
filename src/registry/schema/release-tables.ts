import { index, integer, pgTable, primaryKey, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import type { Answer } from '#domain/answer.ts';
import type { ChannelAction } from '#domain/channel.ts';
import type { DatasetKind, DatasetManifest, SnapshotFilter } from '#domain/dataset.ts';
import type { EvaluationMetrics, QuestionResult } from '#domain/evaluation.ts';
import type { Json } from '#domain/hash.ts';
import type { ModelKind } from '#domain/model.ts';
import type { PairingManifest } from '#domain/pairing.ts';
import type { Run, RunKind } from '#domain/run.ts';
import { instant } from './instant.ts';
import { jsonb, text } from './storable.ts';

export const runs = pgTable(
  'runs',
  {
    id: uuid().primaryKey(),
    kind: text().$type<RunKind>().notNull(),
    subject: text().notNull(),
    status: text().$type<Run['status']>().notNull(),
    startedAt: instant('started_at').notNull(),
    endedAt: instant('ended_at'),
    counts: jsonb().$type<Readonly<Record<string, number>>>().notNull(),
    produced: jsonb().$type<readonly string[]>().notNull(),
    error: text(),
  },
  (table) => [index('runs_started').on(table.startedAt)],
);

export const snapshots = pgTable('snapshots', {
  id: text().primaryKey(),
  viewId: text('view_id').notNull(),
  epoch: integer().notNull(),
  filter: jsonb().$type<SnapshotFilter>().notNull(),
  documents: integer().notNull(),
  chunks: integer().notNull(),
  membershipHash: text('membership_hash').notNull(),
  createdAt: instant('created_at').notNull(),
});

export const datasets = pgTable(
  'datasets',
  {
    id: text().primaryKey(),
    name: text().notNull(),
    version: integer().notNull(),
    kind: text().$type<DatasetKind>().notNull(),
    snapshotId: text('snapshot_id')
      .notNull()
      .references(() => snapshots.id),
    manifest: jsonb().$type<DatasetManifest>().notNull(),
    hash: text().notNull(),
    folder: text().notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [uniqueIndex('datasets_name_version').on(table.name, table.version)],
);

export const prompts = pgTable(
  'prompts',
  {
    id: text().primaryKey(),
    name: text().notNull(),
    version: integer().notNull(),
    system: text().notNull(),
    user: text().notNull(),
    description: text().notNull(),
    hash: text().notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('prompts_name_version').on(table.name, table.version),
    uniqueIndex('prompts_name_hash').on(table.name, table.hash),
  ],
);

export const models = pgTable(
  'models',
  {
    id: text().primaryKey(),
    name: text().notNull(),
    version: integer().notNull(),
    kind: text().$type<ModelKind>().notNull(),
    provider: text().notNull(),
    reference: text().notNull(),
    base: text(),
    datasetId: text('dataset_id'),
    parameters: jsonb().$type<Readonly<Record<string, Json>>>().notNull(),
    metrics: jsonb().$type<Readonly<Record<string, number>>>().notNull(),
    hash: text().notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('models_name_version').on(table.name, table.version),
    uniqueIndex('models_name_hash').on(table.name, table.hash),
  ],
);

export const pairings = pgTable('pairings', {
  id: text().primaryKey(),
  manifest: jsonb().$type<PairingManifest>().notNull(),
  createdAt: instant('created_at').notNull(),
});

export const channels = pgTable('channels', {
  name: text().primaryKey(),
  pairingId: text('pairing_id')
    .notNull()
    .references(() => pairings.id),
  move: integer().notNull(),
});

export const channelMoves = pgTable(
  'channel_moves',
  {
    channel: text().notNull(),
    number: integer().notNull(),
    action: text().$type<ChannelAction>().notNull(),
    pairingId: text('pairing_id').notNull(),
    previousPairingId: text('previous_pairing_id'),
    actor: text().notNull(),
    reason: text().notNull(),
    evaluationId: text('evaluation_id'),
    at: instant('at').notNull(),
    previousHash: text('previous_hash').notNull(),
    hash: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.channel, table.number] })],
);

export const evaluations = pgTable(
  'evaluations',
  {
    id: text().primaryKey(),
    pairingId: text('pairing_id')
      .notNull()
      .references(() => pairings.id),
    viewId: text('view_id').notNull(),
    epoch: integer().notNull(),
    goldenHash: text('golden_hash').notNull(),
    metrics: jsonb().$type<EvaluationMetrics>().notNull(),
    results: jsonb().$type<readonly QuestionResult[]>().notNull(),
    at: instant('at').notNull(),
  },
  (table) => [index('evaluations_pairing').on(table.pairingId, table.at)],
);

export const answers = pgTable(
  'answers',
  {
    id: text().primaryKey(),
    question: text().notNull(),
    pairingId: text('pairing_id').notNull(),
    epoch: integer().notNull(),
    /** What the question was limited to; null asked for nothing in particular. */
    filter: jsonb().$type<Readonly<Record<string, Json>>>(),
    answer: jsonb().$type<Answer>().notNull(),
    at: instant('at').notNull(),
    durationMs: integer('duration_ms').notNull(),
  },
  (table) => [index('answers_at').on(table.at)],
);

export const feedback = pgTable(
  'feedback',
  {
    id: uuid().primaryKey().defaultRandom(),
    answerId: text('answer_id')
      .notNull()
      .references(() => answers.id),
    rating: text().$type<'up' | 'down'>().notNull(),
    comment: text().notNull(),
    at: instant('at').notNull(),
  },
  (table) => [index('feedback_answer').on(table.answerId)],
);

export const apiKeys = pgTable(
  'api_keys',
  {
    id: uuid().primaryKey(),
    name: text().notNull(),
    hash: text().notNull(),
    createdAt: instant('created_at').notNull(),
    revokedAt: instant('revoked_at'),
  },
  (table) => [uniqueIndex('api_keys_hash').on(table.hash)],
);
