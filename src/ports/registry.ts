import type { Run, RunEnd, RunKind } from '../domain/run.ts';
import type {
  AnswerRegistry,
  ChannelRegistry,
  KeyRegistry,
  PairingRegistry,
} from './release-registry.ts';
import type { ScheduleRegistry } from './schedule-registry.ts';
import type {
  DeadLetterRegistry,
  DocumentRegistry,
  PageRegistry,
  SourceRegistry,
  VisitRegistry,
} from './source-registry.ts';
import type {
  DatasetRegistry,
  EvaluationRegistry,
  ModelRegistry,
  PromptRegistry,
  SnapshotRegistry,
} from './training-registry.ts';
import type { LeaseRegistry, ViewRegistry } from './view-registry.ts';

export interface RunRegistry {
  start(run: {
    readonly id: string;
    readonly kind: RunKind;
    readonly subject: string;
    readonly at: string;
  }): Promise<void>;
  /** Ends a run; a run that was killed stays `running` until `abandon`. */
  end(id: string, end: RunEnd, at: string): Promise<void>;
  /** Marks every `running` run of a subject as failed: its process is known to be gone. */
  abandon(subject: string, at: string): Promise<number>;
  /** The newest run of a subject. */
  last(subject: string): Promise<Run | null>;
  /** Takes an ended or abandoned run up again. Rejects with `not_found`. */
  reopen(id: string): Promise<void>;
  /** Newest first. */
  list(limit: number): Promise<readonly Run[]>;
}

/**
 * Everything that is stored and versioned, by concept. All methods reject with a retryable
 * `database_unavailable` when Postgres cannot be reached.
 */
export interface Registry {
  readonly sources: SourceRegistry;
  readonly pages: PageRegistry;
  readonly documents: DocumentRegistry;
  readonly deadLetters: DeadLetterRegistry;
  readonly visits: VisitRegistry;
  readonly runs: RunRegistry;
  readonly views: ViewRegistry;
  readonly leases: LeaseRegistry;
  readonly schedules: ScheduleRegistry;
  readonly snapshots: SnapshotRegistry;
  readonly datasets: DatasetRegistry;
  readonly prompts: PromptRegistry;
  readonly models: ModelRegistry;
  readonly pairings: PairingRegistry;
  readonly channels: ChannelRegistry;
  readonly evaluations: EvaluationRegistry;
  readonly answers: AnswerRegistry;
  readonly keys: KeyRegistry;
}
