import {
  type DatasetKind,
  type DatasetManifest,
  type GateResult,
  type Snapshot,
  SPLITS,
} from '#domain/dataset.ts';
import { hashOf, sha256 } from '#domain/hash.ts';
import type { DatasetFile } from '#ports/dataset-store.ts';
import { lineOf } from './lines.ts';
import { documentsOf, type SplitRows } from './row.ts';

/** Raise it with any change of labels, curation, templates, splits or negatives. */
const BUILDER = { name: 'structure', version: 1 } as const;

const MANIFEST_FILE = 'manifest.json';

export type Built = {
  readonly kind: DatasetKind;
  readonly snapshot: Snapshot;
  readonly seed: number;
  readonly rows: SplitRows;
  readonly dropped: Readonly<Record<string, number>>;
  readonly gates: readonly GateResult[];
};

/** A manifest without the id that only a version gives it. */
export type Contents = {
  readonly files: readonly DatasetFile[];
  readonly manifest: Omit<DatasetManifest, 'id'>;
  /** SHA-256 over the kind and the bytes of the splits: equal contents are one dataset. */
  readonly hash: string;
};

export function contentsOf(built: Built): Contents {
  const { kind, snapshot, rows } = built;
  const files = SPLITS.map((split) => ({
    split,
    name: `${split}.jsonl`,
    lines: rows[split].map((row) => lineOf(kind, row)),
  }));
  const splits = files.map(({ split, name, lines }) => ({
    split,
    file: name,
    rows: lines.length,
    documents: new Set(rows[split].flatMap(documentsOf)).size,
    sha256: sha256(lines.map((line) => `${line}\n`).join('')),
  }));
  const labels: Record<string, number> = {};
  for (const { label } of SPLITS.flatMap((split) => rows[split])) {
    labels[label] = (labels[label] ?? 0) + 1;
  }
  return {
    files,
    hash: hashOf({ kind, splits: splits.map(({ file, sha256: digest }) => [file, digest]) }),
    manifest: {
      format: 'lockstep.dataset/1',
      kind,
      snapshotId: snapshot.id,
      view: snapshot.viewId,
      epoch: snapshot.epoch,
      builder: { ...BUILDER, seed: built.seed },
      splits,
      labels,
      dropped: built.dropped,
      gates: built.gates,
    },
  };
}

/** `manifest.json`, indented for people. */
export const manifestFile = (manifest: DatasetManifest): DatasetFile => ({
  name: MANIFEST_FILE,
  lines: JSON.stringify(manifest, null, 2).split('\n'),
});
