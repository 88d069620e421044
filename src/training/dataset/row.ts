import type { LabelKind, Split } from '#domain/dataset.ts';

/** A text and the document that it stands in. */
export type Passage = {
  readonly text: string;
  readonly documentId: string;
  readonly revisionId: string;
  readonly url: string;
};

/** One training example, before it becomes a line. */
export type Row = {
  readonly label: LabelKind;
  /** The user's message, or the query. */
  readonly input: string;
  /** The assistant's message, or the positive; Markdown as it stands in its document. */
  readonly output: Passage;
  /** Where the label was found; another document than the output's for a link. */
  readonly foundIn: Pick<Passage, 'documentId' | 'revisionId' | 'url'>;
  /** Passages of other documents that share words with the query; none in an instruct row. */
  readonly negatives: readonly Passage[];
};

export type SplitRows = Readonly<Record<Split, readonly Row[]>>;

/** Every document that a row shows anything of. */
export const documentsOf = (row: Row): readonly string[] => [
  ...new Set([row.foundIn, row.output, ...row.negatives].map(({ documentId }) => documentId)),
];

/** Case, compatibility forms and white space aside, so that equal texts are found equal. */
export const sameTextKey = (text: string): string =>
  text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
