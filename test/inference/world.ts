import { createEmbedderPool } from '#adapters/embedder-pool/embedder-pool.ts';
import { createMemoryIndex } from '#adapters/memory/feature-index.ts';
import { loadStaticEmbedder } from '#adapters/static-embedder/static-embedder.ts';
import type { Question } from '#domain/answer.ts';
import { chunkEmbeddingText, fingerprintOf, PROBE_TEXTS } from '#domain/embedding.ts';
import { EPOCH_OPEN_END } from '#domain/epoch.ts';
import type { ModelVersion } from '#domain/model.ts';
import type { RetrievalSettings } from '#domain/pairing.ts';
import { createAnswerer } from '#inference/pipeline.ts';
import type { ChatModel } from '#ports/chat-model.ts';
import { createFakeClock } from '../fakes/clock.ts';
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
      const { slug, text, title = slug, headingPath = [] } = post;
      const embedded = chunkEmbeddingText({ title, headingPath, text }, () => true);
      const [dense] = await embedder.embed([embedded], 'document', signal);
      if (dense === undefined) throw new Error('the embedder gave no vector');
      const id = `${slug}-${position}-${post.from ?? 1}`;
      const chunk = {
        start: 0,
        end: text.length,
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
  const log = createFakeLog();
  const clock = createFakeClock();
  const deps = {
    ...served.registry,
    embedders: createEmbedderPool({ candidates: [embedder] }),
    sparse,
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
