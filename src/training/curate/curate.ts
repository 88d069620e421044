import type { DatasetKind, Label } from '#domain/dataset.ts';
import type { Revision } from '#domain/document.ts';
import { type Passage, type Row, sameTextKey } from '../dataset/row.ts';
import { blocksOf } from '../label/blocks.ts';
import { clustersOf } from './near-duplicates.ts';
import { instructionOf, queryOf } from './templates.ts';

/** Lengths in UTF-16 units. What is outside is dropped and counted, never cut. */
export type CurationLimits = {
  readonly inputCharactersMin: number;
  readonly inputCharactersMax: number;
  readonly outputCharactersMin: number;
  readonly outputCharactersMax: number;
};

export const CURATION_DEFAULTS: CurationLimits = {
  inputCharactersMin: 4,
  inputCharactersMax: 300,
  outputCharactersMin: 60,
  outputCharactersMax: 6_000,
};

export type DropReason =
  | 'input_length'
  | 'output_length'
  | 'code_only'
  | 'not_for_instruct'
  | 'no_template'
  | 'input_is_output'
  | 'duplicate_row'
  | 'duplicate_input'
  | 'near_duplicate_output'
  | 'across_splits';

export type Drop = (reason: DropReason) => void;

export type Curation = {
  readonly kind: DatasetKind;
  readonly labels: readonly Label[];
  readonly revisions: readonly Revision[];
  readonly limits: CurationLimits;
  readonly drop: Drop;
  readonly signal: AbortSignal;
};

/** Labels to rows without negatives, in their order; whatever is left out is told to `drop`. */
export async function curate(curation: Curation): Promise<readonly Row[]> {
  const formed = wellFormed(curation);
  const distinct = withoutDuplicates(formed, curation.drop);
  return withoutNearDuplicates(distinct, curation);
}

function wellFormed({ kind, labels, revisions, limits, drop }: Curation): readonly Row[] {
  const byDocument = new Map(revisions.map((revision) => [revision.documentId, revision]));
  const own = labels.filter((label) => label.kind !== 'link_target');
  const askedBy = Map.groupBy(own, ({ input }) => sameTextKey(input));
  return labels.flatMap((label): readonly Row[] => {
    const at = byDocument.get(label.outputDocumentId);
    if (at === undefined) throw new RangeError(`no revision of ${label.outputDocumentId} is given`);
    const output = label.output.trim();
    if (!within(output, limits.outputCharactersMin, limits.outputCharactersMax)) {
      return dropped(drop, 'output_length');
    }
    const askers = askedBy.get(sameTextKey(label.input)) ?? [];
    const shared = askers.some(({ documentId }) => documentId !== label.documentId);
    const instruct = kind === 'instruct';
    // A link says what its target is about, not what somebody would ask it.
    if (instruct && label.kind === 'link_target') return dropped(drop, 'not_for_instruct');
    if (instruct && isCodeOnly(output)) return dropped(drop, 'code_only');
    const input = instruct
      ? instructionOf(label, at.metadata.language, shared)
      : queryOf(label, shared);
    if (input === null) return dropped(drop, 'no_template');
    if (!within(input, limits.inputCharactersMin, limits.inputCharactersMax)) {
      return dropped(drop, 'input_length');
    }
    if (sameTextKey(input) === sameTextKey(output)) return dropped(drop, 'input_is_output');
    const { documentId, revisionId, url } = label;
    const passage: Passage = {
      text: output,
      documentId: at.documentId,
      revisionId: at.id,
      url: at.url,
    };
    const foundIn = { documentId, revisionId, url };
    return [{ label: label.kind, input, output: passage, foundIn, negatives: [] }];
  });
}

const within = (text: string, min: number, max: number) => text.length >= min && text.length <= max;

const isCodeOnly = (markdown: string) => blocksOf(markdown).every(({ kind }) => kind === 'code');

function dropped(drop: Drop, reason: DropReason): readonly [] {
  drop(reason);
  return [];
}

/** The first row of each input stays: a second output would make the input ambiguous. */
function withoutDuplicates(rows: readonly Row[], drop: Drop): readonly Row[] {
  const outputs = new Map<string, string>();
  return rows.filter((row) => {
    const input = sameTextKey(row.input);
    const output = sameTextKey(row.output.text);
    const first = outputs.get(input);
    if (first === undefined) outputs.set(input, output);
    else drop(first === output ? 'duplicate_row' : 'duplicate_input');
    return first === undefined;
  });
}

/** Of outputs that are near-copies in several documents, those of the first document stay. */
async function withoutNearDuplicates(
  rows: readonly Row[],
  { drop, signal }: Curation,
): Promise<readonly Row[]> {
  const clusters = await clustersOf(
    rows.map(({ output }) => output.text),
    signal,
  );
  return rows.filter((row, at) => {
    const first = rows[clusters[at] ?? at];
    const stays = first?.output.documentId === row.output.documentId;
    if (!stays) drop('near_duplicate_output');
    return stays;
  });
}
