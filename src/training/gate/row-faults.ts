import { SPLITS } from '#domain/dataset.ts';
import { documentsOf, type Passage, type Row, sameTextKey } from '../dataset/row.ts';
import type { GateInput } from './gate-input.ts';

export const nameOf = (row: Row): string => `row “${row.input}” of ${row.output.url}`;

const allRows = ({ rows }: GateInput): readonly Row[] => SPLITS.flatMap((split) => rows[split]);

const spaced = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** Rows with a text that its revision does not hold, white space aside. One fault a row. */
export function groundingFaults(input: GateInput): readonly string[] {
  const sources = new Map(input.revisions.map(({ id, markdown }) => [id, spaced(markdown)]));
  const stands = ({ text, revisionId }: Passage): boolean => {
    const words = spaced(text);
    return words !== '' && (sources.get(revisionId)?.includes(words) ?? false);
  };
  return allRows(input).flatMap((row) => {
    const loose = [row.output, ...row.negatives].find((passage) => !stands(passage));
    return loose === undefined ? [] : [`${nameOf(row)} has a text that ${loose.url} does not hold`];
  });
}

/** Rows that teach nothing: output = input, a negative = the positive, or the same row again. */
export function distinctFaults(input: GateInput): readonly string[] {
  const seen = new Set<string>();
  return allRows(input).flatMap((row) => {
    const ask = sameTextKey(row.input);
    const output = sameTextKey(row.output.text);
    const pair = JSON.stringify([ask, output]);
    const again = seen.has(pair);
    seen.add(pair);
    if (again) return [`${nameOf(row)} occurs twice`];
    if (ask === output) return [`${nameOf(row)} repeats its input as its output`];
    const equal = row.negatives.some(({ text }) => sameTextKey(text) === output);
    return equal ? [`${nameOf(row)} has its positive among its negatives`] : [];
  });
}

/** Splits with too few rows. */
export function sizeFaults({ rows, rowsMin }: GateInput): readonly string[] {
  return SPLITS.filter((split) => rows[split].length < rowsMin[split]).map((split) => {
    const documents = new Set(rows[split].flatMap(documentsOf)).size;
    const found = `${rows[split].length} row(s) of ${documents} document(s)`;
    return `${split} has ${found} and needs ${rowsMin[split]}`;
  });
}
