import type { DatasetKind } from '#domain/dataset.ts';
import type { Passage, Row } from './row.ts';

/** One JSON object a line. Members have a fixed order, so that equal rows are equal bytes. */
export const lineOf = (kind: DatasetKind, row: Row): string =>
  JSON.stringify(kind === 'instruct' ? instructLine(row) : retrievalLine(row));

/** OpenAI's chat format. Metadata names the revision that the answer stands in, word for word. */
const instructLine = (row: Row) => ({
  messages: [
    { role: 'user', content: row.input },
    { role: 'assistant', content: row.output.text },
  ],
  metadata: metadataOf(row),
});

const retrievalLine = (row: Row) => ({
  query: row.input,
  positive: passageOf(row.output),
  negatives: row.negatives.map(passageOf),
  metadata: metadataOf(row),
});

const metadataOf = ({ label, output, foundIn }: Row) => ({
  documentId: output.documentId,
  revisionId: output.revisionId,
  url: output.url,
  label,
  ...(foundIn.documentId === output.documentId ? {} : { foundIn: foundIn.url }),
});

const passageOf = ({ text, documentId, url }: Passage) => ({ text, documentId, url });
