import { performance } from 'node:perf_hooks';
import { createBm25Encoder } from '../../src/adapters/bm25/bm25-encoder.ts';
import { createMemoryIndex } from '../../src/adapters/memory/feature-index.ts';
import { loadStaticEmbedder } from '../../src/adapters/static-embedder/static-embedder.ts';
import type { Hit } from '../../src/domain/answer.ts';
import { chunkEmbeddingText } from '../../src/domain/embedding.ts';
import { EPOCH_OPEN_END } from '../../src/domain/epoch.ts';
import { type FeatureView, STORAGE_DEFAULTS } from '../../src/domain/feature-view.ts';
import { RETRIEVAL_DEFAULTS, type RetrievalSettings } from '../../src/domain/pairing.ts';
import { ndcgAt, rankingOf } from '../../src/domain/ranking-metrics.ts';
import { chunkMarkdown } from '../../src/features/chunk/chunk.ts';
import { retrieve } from '../../src/inference/retrieve.ts';
import type { FeatureIndex, IndexPoint } from '../../src/ports/feature-index.ts';
import { type Collection, readCollection } from './retrieval/collection.ts';

/**
 * `node scripts/bench/retrieval-settings.ts [FOLDER…]`: what a pairing's retrieval settings do to the first
 * hits, and what they cost, on test collections in BEIR's layout cut into chunks of 128 tokens.
 * nDCG@10 is of documents, each at its first hit; "alike" is the mean cosine between two of the
 * first eight hits; ms is the time of a search but for the index's own search, which is remembered.
 */
const TOKENS_MAX = 128;
const HITS = 50;
const FIRST = 8;
const SETTINGS: readonly Partial<RetrievalSettings>[] = [
  {},
  { fusion: 'rrf', denseWeight: 0.5 },
  { fusion: 'rrf' },
  { fusion: 'rrf', rrfK: 10 },
  { hitsPerDocumentMax: 1 },
  { mmrLambda: 0.9 },
  { mmrLambda: 0.7 },
  { mmrLambda: 0.5 },
  { mmrLambda: 0.7, hitsPerDocumentMax: 1 },
];
const signal = new AbortController().signal;
const embedder = await loadStaticEmbedder('models/lockstep-static-en-v1');
const sparse = createBm25Encoder();
const view: FeatureView = {
  id: 'posts@v1',
  name: 'posts',
  version: 1,
  spec: {
    extractor: { name: 'none', version: 1 },
    cleaner: { name: 'none', version: 1 },
    chunker: { name: 'markdown', version: 1, tokensMax: TOKENS_MAX },
    dense: embedder.spec,
    sparse: sparse.spec,
    storage: STORAGE_DEFAULTS,
  },
  specHash: '',
  fingerprint: '',
  embedder: null,
  collection: 'posts_v1',
  publishedEpoch: 1,
  firstEpoch: 1,
  readyAt: null,
  droppedAt: null,
  createdAt: '',
};

const folders =
  process.argv.length > 2
    ? process.argv.slice(2)
    : ['cranfield', 'cacm'].map((name) => `../shared/data/retrieval/${name}`);
for (const folder of folders) {
  const collection = readCollection(folder);
  if (collection === null) process.stdout.write(`${folder}: not there, skipped\n`);
  else await measure(folder, collection);
}

async function measure(folder: string, collection: Collection): Promise<void> {
  const points = (await Promise.all(collection.passages.map(pointsOf))).flat();
  const index = createMemoryIndex();
  await index.ensure(view, signal);
  await index.upsert(view, points, signal);
  process.stdout.write(
    `${folder}: ${collection.passages.length} documents, ${points.length} chunks, ` +
      `${collection.judgements.size} questions\n`,
  );
  const vectors = new Map(points.map(({ member, dense }) => [member.id, dense]));
  const remembering = remembered(index);
  for (const changes of SETTINGS) {
    const figures = await figuresOf(remembering, collection, { vectors, changes });
    const [ndcg, documents, alike, ms] = figures.map((figure) => figure.toFixed(4));
    process.stdout.write(
      `  ${JSON.stringify(changes).padEnd(46)} nDCG@10 ${ndcg}  documents in ${FIRST} ` +
        `${documents}  alike ${alike}  ${ms} ms\n`,
    );
  }
}

async function pointsOf({ id, title, text }: Collection['passages'][number]) {
  const { countTokens } = embedder;
  // Some documents are a title alone.
  const body = text.trim() === '' ? title : text;
  const chunks = chunkMarkdown(body, { spec: view.spec.chunker, countTokens });
  const texts = chunks.map((chunk) => chunkEmbeddingText({ ...chunk, title }, () => true));
  const dense = await embedder.embed(texts, 'document', signal);
  return chunks.map((chunk, at): IndexPoint => {
    const member = {
      id: `${id}#${at}`,
      key: `${id}#${at}`,
      chunk,
      context: {
        documentId: id,
        revisionId: id,
        url: id,
        sourceName: 'collection',
        title,
        language: 'en',
        publishedAt: null,
        tags: [],
      },
      from: 1,
      to: EPOCH_OPEN_END,
    };
    const vector = dense[at] ?? new Float32Array(embedder.spec.dimension);
    return { member, dense: vector, sparse: sparse.encodeDocument(texts[at] ?? '') };
  });
}

/** The index with each of its searches done once, so that what comes after is what takes time. */
function remembered(index: FeatureIndex): FeatureIndex {
  const known = new Map<string, ReturnType<FeatureIndex['search']>>();
  return {
    ...index,
    search: (of, query, either) => {
      const key = JSON.stringify([
        query.limit,
        query.dense && [...query.dense],
        query.sparse?.indices,
      ]);
      const found = known.get(key) ?? index.search(of, query, either);
      known.set(key, found);
      return found;
    },
  };
}

type Measured = {
  readonly vectors: ReadonlyMap<string, Float32Array>;
  readonly changes: Partial<RetrievalSettings>;
};

async function figuresOf(
  index: FeatureIndex,
  { questions, judgements }: Collection,
  { vectors, changes }: Measured,
): Promise<readonly number[]> {
  const retrieval = { ...RETRIEVAL_DEFAULTS, ...changes };
  const serving = { view, embedder, sparse, pairing: { manifest: { retrieval } } };
  const rows: number[][] = [];
  for (const { id, text } of questions) {
    const judged = judgements.get(id);
    if (judged === undefined) continue;
    const request = { serving, epoch: 1, text, limit: HITS, filter: {} };
    const asking = () => retrieve({ index }, request, signal);
    await asking();
    const startedMs = performance.now();
    const { hits } = await asking();
    const ms = performance.now() - startedMs;
    const first = hits.slice(0, FIRST);
    const documents = [...new Set(hits.map(({ documentId }) => documentId))];
    const ranked = rankingOf(documents.map((one, at) => ({ id: one, score: -at })));
    const distinct = new Set(first.map(({ documentId }) => documentId)).size;
    rows.push([ndcgAt(10, ranked, judged), distinct, alikeOf(first, vectors), ms]);
  }
  return [0, 1, 2, 3].map((at) => rows.reduce((sum, row) => sum + (row[at] ?? 0), 0) / rows.length);
}

function alikeOf(hits: readonly Hit[], vectors: ReadonlyMap<string, Float32Array>): number {
  const cosines = hits.flatMap((one, at) =>
    hits.slice(at + 1).map((other) => {
      const a = vectors.get(one.pointId);
      const b = vectors.get(other.pointId);
      return a?.reduce((sum, value, i) => sum + value * (b?.[i] ?? 0), 0) ?? 0;
    }),
  );
  return cosines.length === 0 ? 0 : cosines.reduce((sum, one) => sum + one, 0) / cosines.length;
}
