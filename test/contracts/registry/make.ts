import type { AnswerRecord } from '#domain/answer.ts';
import { type Chunk, chunkKeyOf, contextOf } from '#domain/chunk.ts';
import type { DatasetManifest, Snapshot } from '#domain/dataset.ts';
import { documentIdOf, type PostMetadata } from '#domain/document.ts';
import { type FeatureViewSpec, specHashOf } from '#domain/feature-view.ts';
import { hashOf, uuidOf } from '#domain/hash.ts';
import { GENERATION_DEFAULTS, type PairingManifest, RETRIEVAL_DEFAULTS } from '#domain/pairing.ts';
import { CRAWL_LIMITS, type PageState, SOURCE_RULES, type Source } from '#domain/source.ts';
import type { ExtractedPost } from '#ports/source-registry.ts';
import type { DocumentCommit, PendingDocument, ViewRegistry } from '#ports/view-registry.ts';

/** The n-th second of the suite's own time. */
export const at = (second: number): string =>
  new Date(Date.UTC(2026, 2, 1) + second * 1_000).toISOString();

export const uuid = (name: string): string => uuidOf('test', name);

export const source = (name: string, changes: Partial<Source> = {}): Source => ({
  name,
  kind: 'site',
  urls: [`https://${name}.example/`],
  limits: CRAWL_LIMITS,
  rules: SOURCE_RULES,
  createdAt: at(0),
  ...changes,
});

export const page = (url: string, changes: Partial<PageState> = {}): PageState => ({
  sourceName: 'blog',
  url,
  documentId: null,
  etag: '"1"',
  lastModified: null,
  bodyHash: hashOf(url),
  links: ['https://blog.example/next'],
  outcome: 'document',
  goneCount: 0,
  extractedBy: 'html@v1',
  checkedAt: at(1),
  ...changes,
});

export const urlOf = (path: string): string => `https://blog.example/${path}`;
export const documentOf = (path: string): string => documentIdOf(urlOf(path));

/** Paragraphs are what `commitOf` takes for chunks. */
export const post = (
  path: string,
  markdown: string,
  metadata: Partial<PostMetadata> = {},
): ExtractedPost => ({
  url: urlOf(path),
  sourceName: 'blog',
  blobKey: hashOf(markdown),
  contentType: 'text/html',
  markdown,
  metadata: {
    title: `On ${path}`,
    author: null,
    publishedAt: '2026-02-28',
    modifiedAt: null,
    language: 'en',
    siteName: 'Blog',
    description: null,
    tags: ['rag'],
    ...metadata,
  },
  extractedBy: 'html@v1',
  marks: { signature: null, blocks: new Uint8Array() },
});

export const viewSpec = (tokensMax = 200): FeatureViewSpec => ({
  extractor: { name: 'html', version: 1 },
  cleaner: { name: 'posts', version: 1 },
  chunker: { name: 'markdown', version: 1, tokensMax },
  dense: {
    provider: 'static',
    model: 'tiny',
    revision: 'abc',
    dimension: 4,
    pooling: 'mean',
    normalisation: 'l2',
    queryPrefix: '',
    documentPrefix: '',
    tokensMax: 512,
    tokenizer: 'words',
  },
  sparse: { name: 'bm25', version: 1, k1: 1.2, b: 0.75, termsAverage: 120, stemmer: 'english' },
});

/** Two probe vectors of the spec's dimension; thirds, so that every bit counts. */
export const PROBES: readonly Float32Array[] = [
  Float32Array.of(1 / 3, -0, 2 ** -30, -1),
  Float32Array.of(0.1, 0.2, 0.3, 2 / 3),
];

export const viewRequest = (changes: Partial<EnsureRequest> = {}): EnsureRequest => {
  const spec = changes.spec ?? viewSpec();
  return {
    name: 'posts',
    spec,
    fingerprint: 'emb-1',
    embedder: 'static:tiny',
    probes: PROBES,
    configuredAs: specHashOf(spec),
    at: at(0),
    ...changes,
  };
};

type EnsureRequest = Parameters<ViewRegistry['ensure']>[0];

/** What a pending document shall hold: a chunk for each paragraph of its revision. */
export function commitOf(
  viewId: string,
  epoch: number,
  { document, revision }: PendingDocument,
): DocumentCommit {
  const base = { viewId, epoch, documentId: document.id };
  if (revision === null) return { ...base, revisionId: null, chunks: [] };
  const context = contextOf(revision, revision.metadata, document.sourceName);
  const seen = new Map<string, number>();
  const chunks = paragraphs(revision.markdown).map((chunk) => {
    const first = chunkKeyOf(chunk, context, 0);
    const occurrence = seen.get(first) ?? 0;
    seen.set(first, occurrence + 1);
    return { key: chunkKeyOf(chunk, context, occurrence), chunk, context };
  });
  return { ...base, revisionId: revision.id, chunks };
}

function paragraphs(markdown: string): readonly Chunk[] {
  let start = 0;
  return markdown.split('\n\n').map((text) => {
    const chunk = { start, end: start + text.length, text, headingPath: ['Post'], tokens: 1 };
    start = chunk.end + 2;
    return chunk;
  });
}

export const manifest = (changes: Partial<PairingManifest> = {}): PairingManifest => ({
  format: 'lockstep.pairing/1',
  view: 'posts@v1',
  viewSpecHash: hashOf('spec'),
  embedderFingerprint: 'emb-1',
  retrieval: RETRIEVAL_DEFAULTS,
  prompt: { id: 'answer@v1', hash: hashOf('prompt') },
  model: { id: 'extractive@v1', hash: hashOf('model') },
  generation: GENERATION_DEFAULTS,
  ...changes,
});

export const answer = (id: string, changes: Partial<AnswerRecord> = {}): AnswerRecord => ({
  id,
  question: `What is ${id}?`,
  answer: {
    kind: 'no_context',
    text: 'The posts do not say.',
    hits: [],
    usage: { promptTokens: 3, completionTokens: 5 },
    finishReason: 'stop',
    provenance: {
      answerId: id,
      pairingId: 'pairing-0123',
      channel: 'production',
      viewId: 'posts@v1',
      epoch: 2,
      promptId: 'answer@v1',
      modelId: 'extractive@v1',
      respondedBy: 'extractive',
    },
  },
  at: at(0),
  durationMs: 12,
  ...changes,
});

export const snapshot = (id: string, changes: Partial<Snapshot> = {}): Snapshot => ({
  id,
  viewId: 'posts@v1',
  epoch: 1,
  filter: { language: 'en' },
  documents: 3,
  chunks: 9,
  membershipHash: hashOf(id),
  createdAt: at(0),
  ...changes,
});

export const datasetManifest = (id: string): DatasetManifest => ({
  format: 'lockstep.dataset/1',
  id,
  kind: 'instruct',
  snapshotId: 'snapshot-1',
  view: 'posts@v1',
  epoch: 1,
  builder: { name: 'instruct', version: 1, seed: 7 },
  splits: [{ split: 'train', file: 'train.jsonl', rows: 2, documents: 1, sha256: hashOf(id) }],
  labels: { heading_section: 2 },
  dropped: {},
  gates: [],
});
