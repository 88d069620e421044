import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** A stretch of a corpus, in code points. */
export type Range = { readonly start: number; readonly end: number };

export type Question = {
  readonly text: string;
  readonly corpus: string;
  /** What answers it. */
  readonly excerpts: readonly Range[];
};

export type ExcerptSet = {
  readonly corpora: ReadonlyMap<string, string>;
  readonly questions: readonly Question[];
};

/** Reads `corpora/*.md` and `questions_df.csv`; `null` when they are not there. */
export function readExcerpts(folder: string): ExcerptSet | null {
  const file = join(folder, 'questions_df.csv');
  if (!existsSync(file)) return null;
  const corpora = new Map(
    globSync(join(folder, 'corpora', '*.md')).map((path) => [
      basename(path, '.md'),
      readFileSync(path, 'utf8'),
    ]),
  );
  const [, ...rows] = readCsv(readFileSync(file, 'utf8'));
  const questions = rows.map(([text = '', references = '[]', corpus = '']) => {
    const read = JSON.parse(references) as readonly { start_index: number; end_index: number }[];
    const excerpts = read.map((found) => ({ start: found.start_index, end: found.end_index }));
    return { text, corpus, excerpts };
  });
  return { corpora, questions };
}

/** Rows of fields; a quoted field may hold commas, line breaks and doubled quotes. */
function readCsv(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, bare = '', end = ''] of text.matchAll(
    /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g,
  )) {
    row.push(quoted?.replaceAll('""', '"') ?? bare);
    if (end === ',') continue;
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  }
  return rows;
}

export type Scores = { readonly recall: number; readonly precision: number; readonly iou: number };

/**
 * Of a question: the share of its excerpts that the retrieved chunks hold, the share of the chunks
 * that is excerpts, and what both share over both. Chunks that overlap count their length twice.
 *
 * @param retrieved chunks of the question's corpus in `own`, the length of the others' in `others`
 */
export function scoresOf(
  excerpts: readonly Range[],
  retrieved: { readonly own: readonly Range[]; readonly others: number },
): Scores {
  const wanted = lengthOf(united(excerpts));
  const held = lengthOf(
    united(
      retrieved.own.flatMap((chunk) =>
        excerpts
          .map(({ start, end }) => ({
            start: Math.max(start, chunk.start),
            end: Math.min(end, chunk.end),
          }))
          .filter(({ start, end }) => end > start),
      ),
    ),
  );
  const given = lengthOf(retrieved.own) + retrieved.others;
  return {
    recall: held / wanted,
    precision: given === 0 ? 0 : held / given,
    iou: held / (given + wanted - held),
  };
}

const lengthOf = (ranges: readonly Range[]): number =>
  ranges.reduce((sum, { start, end }) => sum + end - start, 0);

function united(ranges: readonly Range[]): readonly Range[] {
  const all: Range[] = [];
  for (const range of ranges.toSorted((a, b) => a.start - b.start)) {
    const last = all.at(-1);
    if (last === undefined || range.start > last.end) all.push(range);
    else all[all.length - 1] = { ...last, end: Math.max(last.end, range.end) };
  }
  return all;
}
