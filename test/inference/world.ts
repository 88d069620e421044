import { createMemoryIndex } from '#adapters/memory/feature-index.ts';
import { loadStaticEmbedder } from '#adapters/static-embedder/static-embedder.ts';
import type { Question } from '#domain/answer.ts';
import type { ChunkContext } from '#domain/chunk.ts';
import type { Revision } from '#domain/document.ts';
import {
  chunkEmbeddingText,
  fingerprintOf,
  PROBE_TEXTS,
  type SparseSpec,
} from '#domain/embedding.ts';
import { EPOCH_OPEN_END } from '#domain/epoch.ts';
import { AppError } from '#domain/errors.ts';
import { hashOf } from '#domain/hash.ts';
import type { ModelVersion } from '#domain/model.ts';
import type { RetrievalSettings } from '#domain/pairing.ts';
import { createAnswerer } from '#inference/pipeline.ts';
import type { ChatModel } from '#ports/chat-model.ts';
import type { DocumentRegistry } from '#ports/source-registry.ts';
import { createFakeClock } from '../fakes/clock.ts';
import { createPoolOf } from '../fakes/embedder-pool.ts';
import { createFakeIds } from '../fakes/ids.ts';
import { createFakeLog } from '../fakes/log.ts';
import { createServedRegistry, modelOf, pairingOf, promptOf, viewOf } from '../fakes/served.ts';
import { createSparseLite } from '../fakes/sparse-lite.ts';

export const signal = new AbortController().signal;
const loading = loadStaticEmbedder('models/lockstep-static-en-v1');

export type Post = {
  readonly slug: string;
  readonly text: string;
  readonly title?: string;
  readonly headingPath?: readonly string[];
  readonly from?: number;
  readonly to?: number;
  /** In place of what is the same for every post. */
  readonly context?: Partial<ChunkContext>;
  /** Where the text stands in its revision. */
  readonly start?: number;
};

export const POSTS: readonly Post[] = [
  { slug: 'crawling', text: 'The maritime archive was offline for 47 minutes in November.' },
  { slug: 'rollback', text: 'A rollback takes 52 seconds, most of which is draining answers.' },
  { slug: 'cache', text: 'The answer cache of Quayside has 130 pinned entries.' },
  { slug: 'budget', text: 'Reranking may take 520 ms at the 95th percentile.' },
];

/** Everything inference needs, with real embeddings and fusion; channel `production` serves it. */
export async function createWorld(
  options: {
    readonly chat?: ChatModel;
    readonly posts?: readonly Post[];
    readonly retrieval?: Partial<RetrievalSettings>;
  } = {},
) {
  const embedder = await loading;
  const sparse = createSparseLite();
  const probes = await embedder.embed(PROBE_TEXTS, 'document', signal);
  const served = createServedRegistry();
  const view = viewOf(embedder, fingerprintOf(embedder.spec, probes));
  const prompt = promptOf('answer');
  const model = modelOf('fake-chat');
  const pairing = pairingOf({ view, prompt, model }, options.retrieval);
  served.views.set(view.id, view);
  served.prompts.set(prompt.id, prompt);
  served.models.set(model.id, model);
  served.pairings.set(pairing.id, pairing);
  served.channels.set('production', pairing.id);
  const index = createMemoryIndex();
  await index.ensure(view, signal);
  const load = async (posts: readonly Post[]) => {
    for (const [position, post] of posts.entries()) {
      const { slug, text, title = slug, headingPath = [], start = 0 } = post;
      const embedded = chunkEmbeddingText({ title, headingPath, text }, () => true);
      const [dense] = await embedder.embed([embedded], 'document', signal);
      if (dense === undefined) throw new Error('the embedder gave no vector');
      const id = `${slug}-${position}-${post.from ?? 1}`;
      const chunk = {
        start,
        end: start + text.length,
        text,
        headingPath,
        tokens: embedder.countTokens(text),
      };
      const context = {
        documentId: `document-${slug}`,
        revisionId: `revision-${slug}`,
        url: `https://example.org/${slug}/`,
        sourceName: 'sample',
        title,
        language: 'en',
        publishedAt: null,
        tags: [],
        ...post.context,
      };
      const span = { from: post.from ?? 1, to: post.to ?? EPOCH_OPEN_END };
      const member = { id, key: id, chunk, context, ...span };
      await index.upsert(
        view,
        [{ member, dense, sparse: sparse.encodeDocument(embedded) }],
        signal,
      );
    }
  };
  await load(options.posts ?? POSTS);
  const chats = new Map<string, ChatModel>();
  if (options.chat !== undefined) chats.set(model.id, options.chat);
  const revisions = new Map<string, string>();
  const log = createFakeLog();
  const clock = createFakeClock();
  const deps = {
    ...served.registry,
    documents: createDocuments(revisions),
    embedders: createPoolOf(embedder),
    sparse,
    sparseOf: (spec: SparseSpec | null) => {
      if (spec === null || hashOf(spec) === hashOf(sparse.spec)) return sparse;
      throw new AppError('invalid_input', 'there is no such encoder.');
    },
    index,
    chatModelOf: ({ id }: ModelVersion): ChatModel => {
      const chat = chats.get(id);
      if (chat === undefined) throw new Error(`no fake chat model for ${id}`);
      return chat;
    },
    clock,
    ids: createFakeIds(),
    log,
  };
  const answerer = createAnswerer(deps);
  return {
    ...served,
    answerer,
    deps,
    embedder,
    view,
    prompt,
    model,
    pairing,
    index,
    chats,
    load,
    /** Markdown by the revision's id. */
    revisions,
    log,
    clock,
  };
}

export const questionOf = (text: string, changes: Partial<Question> = {}): Question => ({
  text,
  history: [],
  target: 'production',
  epoch: null,
  ...changes,
});

/** The revisions of a map, and nothing else. */
function createDocuments(revisions: ReadonlyMap<string, string>): DocumentRegistry {
  const read = async (ids: readonly string[]) =>
    ids.map((id) => {
      const markdown = revisions.get(id);
      if (markdown === undefined) throw new AppError('not_found', `there is no revision ${id}`);
      return { id, markdown } as Revision;
    });
  return { revisions: read } as unknown as DocumentRegistry;
}
