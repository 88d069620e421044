import { createBm25Encoder } from '../../src/adapters/bm25/bm25-encoder.ts';
import { loadStaticEmbedder } from '../../src/adapters/static-embedder/static-embedder.ts';
import { chunkEmbeddingText, prepareText } from '../../src/domain/embedding.ts';
import { fuse, type ScoredPoint } from '../../src/domain/fusion.ts';
import { ndcgAt, rankingOf } from '../../src/domain/ranking-metrics.ts';
import type { Embedder, SparseEncoder } from '../../src/ports/embedder.ts';
import { type Collection, readCollection } from './retrieval/collection.ts';
import { denseRanker, sparseRanker } from './retrieval/rank.ts';

/**
 * `node scripts/bench/retrieval.ts [FOLDER…]`: nDCG@10 (linear gain, ties as trec_eval has them) of
 * BM25, of the static embedder and of both fused, on test collections in BEIR's layout. A passage
 * that is longer than the embedder takes counts, for the dense ranking, by its best part.
 */
const CANDIDATES = 100;
const DENSE_WEIGHT = 0.4;
const signal = new AbortController().signal;

const folders =
  process.argv.length > 2
    ? process.argv.slice(2)
    : ['cranfield', 'cacm'].map((name) => `../shared/data/retrieval/${name}`);
const embedder = await loadStaticEmbedder('models/lockstep-static-en-v1');
for (const folder of folders) {
  const collection = readCollection(folder);
  if (collection === null) process.stdout.write(`${folder}: not there, skipped\n`);
  else await measure(folder, collection);
}

async function measure(folder: string, collection: Collection): Promise<void> {
  const texts = collection.passages.map((passage) =>
    chunkEmbeddingText({ ...passage, headingPath: [] }, () => true),
  );
  const fixed = createBm25Encoder();
  const average =
    texts.reduce((sum, text) => sum + fixed.terms(text).length, 0) / collection.passages.length;
  const own = createBm25Encoder({ termsAverage: average });
  const dense = await denseRankings(embedder, collection, texts);
  const say = (name: string, rankings: ReadonlyMap<string, readonly ScoredPoint[]>) =>
    process.stdout.write(`  ${name.padEnd(36)} ${meanNdcg(collection, rankings).toFixed(4)}\n`);
  process.stdout.write(
    `${folder}: ${texts.length} passages of ${average.toFixed(1)} terms, ` +
      `${collection.judgements.size} questions with relevant ones\n`,
  );
  say('dense', dense);
  for (const [name, encoder] of [
    [`termsAverage ${fixed.spec.termsAverage}`, fixed],
    [`termsAverage ${average.toFixed(1)}, its own`, own],
  ] as const) {
    const sparse = sparseRankings(encoder, collection, texts);
    const hybrid = new Map(
      [...sparse].map(([id, ranking]) => [
        id,
        fuse(
          (dense.get(id) ?? []).slice(0, CANDIDATES),
          ranking.slice(0, CANDIDATES),
          DENSE_WEIGHT,
        ),
      ]),
    );
    say(`sparse, ${name}`, sparse);
    say(`hybrid, ${name}`, hybrid);
  }
}

function sparseRankings(encoder: SparseEncoder, collection: Collection, texts: readonly string[]) {
  const rank = sparseRanker(
    collection.passages.map(({ id }, at) => ({
      id,
      vector: encoder.encodeDocument(texts[at] ?? ''),
    })),
  );
  return new Map(
    collection.questions.map(({ id, text }) => [id, rank(encoder.encodeQuery(prepareText(text)))]),
  );
}

async function denseRankings(
  { embed, countTokens, spec }: Embedder,
  collection: Collection,
  texts: readonly string[],
) {
  const fits = (text: string) => countTokens(text) <= spec.tokensMax;
  const passages: { id: string; vectors: readonly Float32Array[] }[] = [];
  for (const [at, { id }] of collection.passages.entries()) {
    passages.push({ id, vectors: await embed(partsOf(texts[at] ?? '', fits), 'document', signal) });
  }
  const rank = denseRanker(passages);
  const rankings = new Map<string, readonly ScoredPoint[]>();
  for (const { id, text } of collection.questions) {
    const [vector] = await embed([prepareText(text)], 'query', signal);
    rankings.set(id, vector === undefined ? [] : rank(vector));
  }
  return rankings;
}

/** Halves of a text at a blank, until every part fits. */
function partsOf(text: string, fits: (text: string) => boolean): readonly string[] {
  if (fits(text)) return [text];
  const middle = text.indexOf(' ', Math.floor(text.length / 2));
  const cut = middle < 0 ? Math.ceil(text.length / 2) : middle;
  return [...partsOf(text.slice(0, cut), fits), ...partsOf(text.slice(cut).trim(), fits)];
}

function meanNdcg(
  { judgements }: Collection,
  rankings: ReadonlyMap<string, readonly ScoredPoint[]>,
): number {
  const scores = [...judgements].map(([question, judged]) =>
    ndcgAt(10, rankingOf(rankings.get(question) ?? []), judged),
  );
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}
