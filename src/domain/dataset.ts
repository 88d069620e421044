import { hashOf } from './hash.ts';

/** Which documents of an epoch a snapshot holds; an absent field does not filter. */
export type SnapshotFilter = {
  readonly sourceName?: string;
  readonly language?: string;
  readonly tag?: string;
};

/** (view, epoch, filter), frozen. Its id is the hash of the three and of its members. */
export type Snapshot = {
  readonly id: string;
  readonly viewId: string;
  readonly epoch: number;
  readonly filter: SnapshotFilter;
  readonly documents: number;
  readonly chunks: number;
  /** SHA-256 over the ids of its revisions and points, sorted. */
  readonly membershipHash: string;
  readonly createdAt: string;
};

export const snapshotIdOf = (
  snapshot: Pick<Snapshot, 'viewId' | 'epoch' | 'filter' | 'membershipHash'>,
): string =>
  `snapshot-${hashOf({
    view: snapshot.viewId,
    epoch: snapshot.epoch,
    filter: { ...snapshot.filter },
    members: snapshot.membershipHash,
  }).slice(0, 16)}`;

const LABEL_KINDS = ['heading_section', 'title_lead', 'question_answer', 'link_target'] as const;
export type LabelKind = (typeof LABEL_KINDS)[number];

/** A training signal found in a document's own structure. */
export type Label = {
  readonly kind: LabelKind;
  readonly documentId: string;
  readonly revisionId: string;
  readonly url: string;
  readonly title: string;
  /** Heading, title, question or link text. */
  readonly input: string;
  /** Section, lead, answer, or the lead of the link's target. */
  readonly output: string;
  /** Document that `output` stands in; the link's target for `link_target`. */
  readonly outputDocumentId: string;
};

export const DATASET_KINDS = ['instruct', 'retrieval'] as const;
export type DatasetKind = (typeof DATASET_KINDS)[number];

export const SPLITS = ['train', 'validation', 'test'] as const;
export type Split = (typeof SPLITS)[number];

export type GateName = 'grounding' | 'leakage' | 'distinct' | 'size';

/** What one gate found; a gate that fails refuses the dataset. */
export type GateResult = {
  readonly gate: GateName;
  readonly passed: boolean;
  /** Rows looked at, and rows at fault. */
  readonly checked: number;
  readonly refused: number;
  /** Names the first fault and what to do. */
  readonly message: string;
};

export type DatasetManifest = {
  readonly format: 'lockstep.dataset/1';
  readonly id: string;
  readonly kind: DatasetKind;
  readonly snapshotId: string;
  readonly view: string;
  readonly epoch: number;
  readonly builder: { readonly name: string; readonly version: number; readonly seed: number };
  readonly splits: readonly {
    readonly split: Split;
    readonly file: string;
    readonly rows: number;
    readonly documents: number;
    readonly sha256: string;
  }[];
  readonly labels: Readonly<Record<string, number>>;
  readonly dropped: Readonly<Record<string, number>>;
  readonly gates: readonly GateResult[];
};

export type Dataset = {
  /** `instruct@v1`. */
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly kind: DatasetKind;
  readonly snapshotId: string;
  readonly manifest: DatasetManifest;
  readonly hash: string;
  /** Folder of the JSONL files and `manifest.json`. */
  readonly folder: string;
  readonly createdAt: string;
};
