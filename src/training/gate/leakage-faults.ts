import { SPLITS, type Split } from '#domain/dataset.ts';
import { nearDuplicates } from '../curate/near-duplicates.ts';
import { documentsOf, type Row, sameTextKey } from '../dataset/row.ts';
import type { GateInput } from './gate-input.ts';
import { nameOf } from './row-faults.ts';

/** What one split could tell about another: documents, inputs, and near-copies of texts. */
export async function leakageFaults(input: GateInput): Promise<readonly string[]> {
  const splitOf = new Map<string, Split>();
  return [
    ...sharedDocuments(input, splitOf),
    ...sharedInputs(input),
    ...(await nearDocuments(input, splitOf)),
    ...(await nearOutputs(input)),
  ];
}

const placed = ({ rows }: GateInput): readonly { readonly row: Row; readonly split: Split }[] =>
  SPLITS.flatMap((split) => rows[split].map((row) => ({ row, split })));

/** Also fills `splitOf` with the first split of every document. */
function sharedDocuments(input: GateInput, splitOf: Map<string, Split>): readonly string[] {
  return placed(input).flatMap(({ row, split }) =>
    documentsOf(row).flatMap((documentId) => {
      const first = splitOf.get(documentId) ?? split;
      splitOf.set(documentId, first);
      return first === split
        ? []
        : [`${nameOf(row)} in ${split} shows document ${documentId}, which is in ${first}`];
    }),
  );
}

function sharedInputs(input: GateInput): readonly string[] {
  const splits = new Map<string, Split>();
  return placed(input).flatMap(({ row, split }) => {
    const key = sameTextKey(row.input);
    const first = splits.get(key) ?? split;
    splits.set(key, first);
    return first === split ? [] : [`${nameOf(row)} in ${split} asks what ${first} asks`];
  });
}

function nearDocuments(
  input: GateInput,
  splitOf: ReadonlyMap<string, Split>,
): Promise<readonly string[]> {
  const shown = input.revisions.flatMap(({ documentId, markdown, url }) => {
    const split = splitOf.get(documentId);
    return split === undefined ? [] : [{ text: markdown, url, split }];
  });
  return acrossSplits(shown, input.signal);
}

function nearOutputs(input: GateInput): Promise<readonly string[]> {
  const shown = placed(input).map(({ row, split }) => ({
    text: row.output.text,
    url: `an output of ${row.output.url}`,
    split,
  }));
  return acrossSplits(shown, input.signal);
}

type Shown = { readonly text: string; readonly url: string; readonly split: Split };

/** A cluster over two splits has at least one pair across them, so the spanning pairs suffice. */
async function acrossSplits(
  shown: readonly Shown[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const pairs = await nearDuplicates(
    shown.map(({ text }) => text),
    signal,
  );
  return pairs.flatMap(({ a, b, similarity }) => {
    const [left, right] = [shown[a], shown[b]];
    if (left === undefined || right === undefined || left.split === right.split) return [];
    const share = `${Math.round(similarity * 100)}%`;
    return [
      `${left.url} (${left.split}) and ${right.url} (${right.split}) share ${share} of shingles`,
    ];
  });
}
