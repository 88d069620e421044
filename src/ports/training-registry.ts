import type { Dataset, Snapshot } from '../domain/dataset.ts';
import type { Evaluation } from '../domain/evaluation.ts';
import type { ModelSpec, ModelVersion } from '../domain/model.ts';
import type { PromptVersion } from '../domain/prompt.ts';

export interface SnapshotRegistry {
  /** Records a snapshot; the same members again give back the first. */
  add(snapshot: Snapshot): Promise<Snapshot>;
  /** Rejects with `not_found`. */
  get(id: string): Promise<Snapshot>;
  list(): Promise<readonly Snapshot[]>;
}

export interface DatasetRegistry {
  /** The next version of a name. */
  nextVersion(name: string): Promise<number>;
  /** Rejects with `already_exists` when the version was taken meanwhile. */
  add(dataset: Dataset): Promise<Dataset>;
  /** The dataset with these very contents, if it was built before. */
  findByHash(name: string, hash: string): Promise<Dataset | null>;
  /** By `instruct@v1`; by `instruct` the newest. Rejects with `not_found`. */
  get(id: string): Promise<Dataset>;
  list(): Promise<readonly Dataset[]>;
}

export interface PromptRegistry {
  /** Registers a prompt; the same text again gives back its version. */
  register(prompt: {
    readonly name: string;
    readonly system: string;
    readonly user: string;
    readonly description: string;
    readonly at: string;
  }): Promise<PromptVersion>;
  /** By `answer@v1`; by `answer` the newest. Rejects with `not_found`. */
  get(id: string): Promise<PromptVersion>;
  list(): Promise<readonly PromptVersion[]>;
}

export interface ModelRegistry {
  /** Registers a model; the same spec again gives back its version. */
  register(
    name: string,
    spec: ModelSpec,
    at: string,
    metrics?: Readonly<Record<string, number>>,
  ): Promise<ModelVersion>;
  /** By `extractive@v1`; by `extractive` the newest. Rejects with `not_found`. */
  get(id: string): Promise<ModelVersion>;
  list(): Promise<readonly ModelVersion[]>;
}

export interface EvaluationRegistry {
  add(evaluation: Evaluation): Promise<void>;
  /** Rejects with `not_found`. */
  get(id: string): Promise<Evaluation>;
  /** The newest evaluation of a pairing, if there is one. */
  latest(pairingId: string): Promise<Evaluation | null>;
  /** Newest first. */
  list(): Promise<readonly Evaluation[]>;
}
