import type { Passage, Row, SplitRows } from '#training/dataset/row.ts';

export const passage = (document: string, text: string): Passage => ({
  text,
  documentId: document,
  revisionId: `${document}-r1`,
  url: `https://blog.example/${document}/`,
});

/** A row of one document. */
export const row = (
  document: string,
  input: string,
  text: string,
  rest: Partial<Row> = {},
): Row => ({
  label: 'heading_section',
  input,
  output: passage(document, text),
  foundIn: passage(document, text),
  negatives: [],
  ...rest,
});

export const splitOf = (rows: Partial<SplitRows>): SplitRows => ({
  train: [],
  validation: [],
  test: [],
  ...rows,
});
