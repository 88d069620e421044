import type { Json } from './hash.ts';

export type RunKind =
  | 'crawl'
  | 'reextract'
  | 'publish'
  | 'reembed'
  | 'verify'
  | 'vacuum'
  | 'drop'
  | 'dataset'
  | 'evaluation';

/** One execution of a pipeline. */
export type Run = {
  readonly id: string;
  readonly kind: RunKind;
  /** What it ran on: a source, a view, a dataset, a pairing. */
  readonly subject: string;
  readonly status: 'running' | 'done' | 'failed' | 'cancelled';
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly counts: Readonly<Record<string, number>>;
  /** Ids of what it made: epochs, datasets, evaluations. */
  readonly produced: readonly string[];
  readonly error: string | null;
};

export type RunEnd = {
  readonly status: 'done' | 'failed' | 'cancelled';
  readonly counts: Readonly<Record<string, number>>;
  readonly produced: readonly string[];
  readonly error: string | null;
};

/** What a pipeline tells whoever watches: plain lines, progress bars and logs are drawn from it. */
export type Progress = {
  readonly stage: string;
  readonly done: number;
  /** `null` while the total is not known. */
  readonly total: number | null;
  readonly detail?: Readonly<Record<string, Json>>;
};

export type OnProgress = (progress: Progress) => void;
