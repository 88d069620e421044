import { existsSync, readFileSync } from 'node:fs';

/** A test collection in BEIR's layout. */
export type Collection = {
  readonly passages: readonly {
    readonly id: string;
    readonly title: string;
    readonly text: string;
  }[];
  readonly questions: readonly { readonly id: string; readonly text: string }[];
  /** By question, then passage; only questions with a relevant passage. */
  readonly judgements: ReadonlyMap<string, ReadonlyMap<string, number>>;
};

type Line = { readonly _id: string; readonly title?: string; readonly text: string };

/** `null` when the folder is not there. */
export function readCollection(folder: string): Collection | null {
  if (!existsSync(`${folder}/corpus.jsonl`)) return null;
  const lines = (file: string): readonly Line[] =>
    readFileSync(`${folder}/${file}`, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line);
  const judgements = new Map<string, Map<string, number>>();
  for (const line of readFileSync(`${folder}/qrels/test.tsv`, 'utf8').split('\n').slice(1)) {
    const [question, passage, score] = line.split('\t');
    if (question === undefined || passage === undefined || !(Number(score) > 0)) continue;
    const judged = judgements.get(question) ?? new Map<string, number>();
    judgements.set(question, judged.set(passage, Number(score)));
  }
  return {
    passages: lines('corpus.jsonl').map(({ _id: id, title = '', text }) => ({ id, title, text })),
    questions: lines('queries.jsonl').map(({ _id: id, text }) => ({ id, text })),
    judgements,
  };
}
