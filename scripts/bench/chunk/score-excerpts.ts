import { RecursiveCharacterTextSplitter } from '@langchain/textsplitters';
import { framedText } from '#domain/chunk.ts';
import { chunkEmbeddingText, prepareText } from '#domain/embedding.ts';
import { CHUNKER, chunkMarkdown } from '#features/chunk/chunk.ts';
import type { Embedder } from '#ports/embedder.ts';
import type { ExcerptSet, Range, Scores } from './excerpts.ts';
import { scoresOf } from './excerpts.ts';

/** Chunks retrieved for each question, out of all corpora. */
const CHUNKS_MAX = 5;
const signal = new AbortController().signal;

type Piece = Range & { readonly corpus: string; readonly embedded: string };
type Cut = (text: string) => Promise<readonly Omit<Piece, 'corpus'>[]>;

/** Mean scores of our chunks and of LangChain's, both of at most `tokensMax`, one retrieval. */
export async function scoreExcerpts(set: ExcerptSet, embedder: Embedder, tokensMax: number) {
  const { countTokens } = embedder;
  const ours: Cut = async (text) =>
    chunkMarkdown(text, { spec: { ...CHUNKER, tokensMax }, countTokens }).map((chunk) => ({
      ...chunk,
      embedded: chunkEmbeddingText(
        { title: '', headingPath: chunk.headingPath, text: framedText(chunk) },
        (candidate) => countTokens(candidate) <= embedder.spec.tokensMax,
      ),
    }));
  const splitter = new RecursiveCharacterTextSplitter({
    chunkSize: tokensMax,
    chunkOverlap: 0,
    lengthFunction: countTokens,
  });
  const theirs: Cut = async (text) => located(text, await splitter.splitText(text));
  return [
    { name: 'lockstep', ...(await score(set, embedder, ours)) },
    { name: 'langchain recursive (tokens)', ...(await score(set, embedder, theirs)) },
  ];
}

/** A splitter's chunks with their places in the text. */
function located(text: string, chunks: readonly string[]) {
  let from = 0;
  return chunks.map((chunk) => {
    const start = text.indexOf(chunk, from);
    if (start < 0) throw new Error(`chunk not found in its text: ${chunk.slice(0, 60)}`);
    from = start + chunk.length;
    return { start, end: from, embedded: prepareText(chunk) };
  });
}

async function score({ corpora, questions }: ExcerptSet, embedder: Embedder, cut: Cut) {
  const pieces: Piece[] = [];
  for (const [corpus, text] of corpora) {
    const points = codePointsBefore(text);
    for (const { start, end, embedded } of await cut(text)) {
      pieces.push({ corpus, embedded, start: points[start] ?? 0, end: points[end] ?? 0 });
    }
  }
  const texts = pieces.map(({ embedded }) => embedded);
  const vectors = await embedder.embed(texts, 'document', signal);
  const asked = await embedder.embed(
    questions.map(({ text }) => prepareText(text)),
    'query',
    signal,
  );
  const all = questions.map(({ corpus, excerpts }, at) => {
    const best = nearest(asked[at] ?? new Float32Array(), vectors)
      .map((index) => pieces[index])
      .filter((piece) => piece !== undefined);
    const own = best.filter((piece) => piece.corpus === corpus);
    const others = best
      .filter((piece) => piece.corpus !== corpus)
      .reduce((sum, { start, end }) => sum + end - start, 0);
    return scoresOf(excerpts, { own, others });
  });
  const mean = (key: keyof Scores) => all.reduce((sum, found) => sum + found[key], 0) / all.length;
  const characters = pieces.reduce((sum, { start, end }) => sum + end - start, 0) / pieces.length;
  return {
    chunks: pieces.length,
    characters,
    recall: mean('recall'),
    precision: mean('precision'),
    iou: mean('iou'),
  };
}

/** Positions of the vectors with the largest dot products. */
function nearest(query: Float32Array, vectors: readonly Float32Array[]): readonly number[] {
  const scored = vectors.map((vector, index) => {
    let dot = 0;
    for (let d = 0; d < query.length; d++) dot += (query[d] ?? 0) * (vector[d] ?? 0);
    return { index, dot };
  });
  const best = scored.toSorted((a, b) => b.dot - a.dot || a.index - b.index);
  return best.slice(0, CHUNKS_MAX).map(({ index }) => index);
}

/** Code points before each offset of UTF-16 code units. */
function codePointsBefore(text: string): Uint32Array {
  const points = new Uint32Array(text.length + 1);
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    points[at] = count;
    const low = (text.charCodeAt(at) & 0xfc00) === 0xdc00;
    const paired = low && at > 0 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800;
    if (!paired) count++;
  }
  points[text.length] = count;
  return points;
}
