import type { Registry } from '#ports/registry.ts';
import type { Database } from './database.ts';
import { createDocumentRegistry } from './document-repository.ts';
import {
  createAnswerRegistry,
  createChannelRegistry,
  createKeyRegistry,
  createPairingRegistry,
} from './release-repositories.ts';
import { createLeaseRegistry, createRunRegistry } from './run-repositories.ts';
import { createScheduleRegistry } from './schedule-repository.ts';
import {
  createDeadLetterRegistry,
  createPageRegistry,
  createSourceRegistry,
  createVisitRegistry,
} from './source-repositories.ts';
import {
  createDatasetRegistry,
  createEvaluationRegistry,
  createModelRegistry,
  createPromptRegistry,
  createSnapshotRegistry,
} from './training-repositories.ts';
import { createViewRegistry } from './view-repository.ts';

/** The registry over one Postgres database, embedded or not. */
export const createRegistry = (db: Database): Registry => ({
  sources: createSourceRegistry(db),
  pages: createPageRegistry(db),
  documents: createDocumentRegistry(db),
  deadLetters: createDeadLetterRegistry(db),
  visits: createVisitRegistry(db),
  runs: createRunRegistry(db),
  views: createViewRegistry(db),
  leases: createLeaseRegistry(db),
  schedules: createScheduleRegistry(db),
  snapshots: createSnapshotRegistry(db),
  datasets: createDatasetRegistry(db),
  prompts: createPromptRegistry(db),
  models: createModelRegistry(db),
  pairings: createPairingRegistry(db),
  channels: createChannelRegistry(db),
  evaluations: createEvaluationRegistry(db),
  answers: createAnswerRegistry(db),
  keys: createKeyRegistry(db),
});
