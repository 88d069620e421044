import type { Hit, RetrievalExplanation } from '#domain/answer.ts';
import type { ScoreRange } from '#domain/fusion.ts';
import type { Cell, Output } from './output.ts';

/** How hits were found, number by number: enough to work each score out again by hand. */
export function describeRetrieval(
  out: Output,
  hits: readonly Hit[],
  explanation: RetrievalExplanation | undefined,
): void {
  if (explanation !== undefined) for (const line of linesOf(explanation)) out.line(`  ${line}`);
  if (hits.length === 0) return;
  const shown = COLUMNS.filter(({ of }) => hits.some((hit) => of(hit) !== null));
  out.table(
    ['', ...shown.map(({ title }) => title), 'document', 'heading'],
    hits.map((hit, at) => [
      at + 1,
      ...shown.map(({ of }) => of(hit)),
      hit.url,
      `${hit.headingPath.join(' › ')}${widthOf(hit)}`,
    ]),
  );
}

type Column = { readonly title: string; readonly of: (hit: Hit) => Cell };

/** A column without any value is not drawn. Reciprocal ranks differ in the fourth digit. */
const COLUMNS: readonly Column[] = [
  { title: 'score', of: ({ score }) => digits(score) },
  { title: 'dense #', of: ({ denseRank }) => denseRank },
  { title: 'cosine', of: ({ denseScore }) => digits(denseScore) },
  {
    title: 'part',
    of: ({ explanation, denseRank }) => (denseRank === null ? null : part(explanation?.densePart)),
  },
  { title: 'sparse #', of: ({ sparseRank }) => sparseRank },
  { title: 'BM25', of: ({ sparseScore }) => digits(sparseScore) },
  {
    title: 'part',
    of: ({ explanation, sparseRank }) =>
      sparseRank === null ? null : part(explanation?.sparsePart),
  },
  { title: 'fused #', of: ({ explanation }) => explanation?.fusedRank ?? null },
  { title: 'MMR #', of: ({ explanation }) => explanation?.mmr?.position ?? null },
  { title: 'relevance', of: ({ explanation }) => part(explanation?.mmr?.relevance) },
  { title: 'similarity', of: ({ explanation }) => part(explanation?.mmr?.similarity) },
  { title: 'MMR', of: ({ explanation }) => part(explanation?.mmr?.score) },
];

const digits = (value: number | null): string | null => (value === null ? null : value.toFixed(4));
const part = (value: number | undefined): string | null => digits(value ?? null);

const widthOf = ({ explanation, start, end }: Hit): string => {
  const widened = explanation?.widened ?? null;
  return widened === null
    ? ''
    : ` (widened to ${widened.pointIds.length} chunks, ${start}–${end} from ` +
        `${widened.start}–${widened.end})`;
};

function linesOf(explanation: RetrievalExplanation): readonly string[] {
  const { searchedFor, fusion, denseWeight, rrfK, candidates } = explanation;
  const { hitsPerDocumentMax, mmrLambda, fused } = explanation;
  const sparseWeight = Number((1 - denseWeight).toFixed(6));
  const sides = (dense: string, sparse: string) =>
    `${denseWeight} × ${dense} + ${sparseWeight} × ${sparse}`;
  return [
    `searched for: ${searchedFor.replace(/\s+/g, ' ')}`,
    fusion === 'rrf'
      ? `score: ${sides(`1/(${rrfK} + dense #)`, `1/(${rrfK} + sparse #)`)}`
      : `score: ${sides('cosine', 'BM25')}, each scaled to 0–1 within its ranking`,
    `dense: ${ranking(explanation.dense)}; sparse: ${ranking(explanation.sparse)}; the best ` +
      `${candidates} of each are fused`,
    ...(mmrLambda === null
      ? []
      : [
          `MMR: ${mmrLambda} × relevance − ${Number((1 - mmrLambda).toFixed(6))} × similarity; ` +
            `relevance is the score within ${digits(fused.least)}–${digits(fused.greatest)}`,
        ]),
    ...(hitsPerDocumentMax === null ? [] : [`at most ${hitsPerDocumentMax} of one document`]),
  ];
}

const ranking = (range: ScoreRange | null): string =>
  range === null
    ? 'not asked'
    : `${range.points} points from ${digits(range.least)} to ${digits(range.greatest)}`;
