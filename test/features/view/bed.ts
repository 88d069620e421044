import { createEmbedderPool } from '#adapters/embedder-pool/embedder-pool.ts';
import { createMemoryIndex } from '#adapters/memory/feature-index.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import type { FeatureDeps } from '#features/deps.ts';
import { ensureView, type ViewRequest } from '#features/ensure-view.ts';
import type { PublishDeps } from '#features/publish/held.ts';
import { type PublishReport, publish } from '#features/publish/publish.ts';
import { at, documentOf, page, post, urlOf } from '../../contracts/registry/make.ts';
import { type RealPostgres, startRealPostgres } from '../../fakes/real-postgres.ts';
import { createWordEmbedder, type WordEmbedder } from '../../fakes/word-embedder.ts';
import { createWorld, type World } from '../crawl/world.ts';
import { seenIn } from '../publish/reader.ts';

const signal = new AbortController().signal;

/** What the settings say, for all views of a bed. */
export const SETTINGS: ViewRequest = {
  name: 'posts',
  embedder: null,
  chunker: { tokensMax: 40 },
};

/** Paragraphs that become a chunk each. */
export const text = (...topics: readonly string[]): string =>
  topics
    .map(
      (topic) =>
        `About ${topic}: who noticed ${topic} first, what was tried in vain, what it cost, and ` +
        `which remedy for ${topic} is still in place.`,
    )
    .join('\n\n');

/** Publishing over a real registry, of documents that are recorded without any crawl. */
export type Bed = {
  /** With an index of its own since the last reset. */
  readonly deps: FeatureDeps;
  readonly world: World;
  /** The configured embedder, `static:words`. */
  readonly words: WordEmbedder;
  /** `static:others`, of another dimension. */
  readonly others: WordEmbedder;
  /** `openai:paid`. */
  readonly paid: WordEmbedder;
  readonly connection: RealPostgres['connection'];
  record(path: string, markdown: string): Promise<void>;
  close(path: string): Promise<void>;
  /** The view that stands for the settings, as it is now. */
  view(): Promise<FeatureView>;
  publish(deps?: PublishDeps): Promise<PublishReport>;
  /** What readers of an epoch, the published one by default, find in the index. */
  seen(viewId?: string, epoch?: number): Promise<readonly string[]>;
  reset(): Promise<void>;
  end(): Promise<void>;
};

export async function openBed(): Promise<Bed> {
  const postgres = await startRealPostgres();
  const world = await createWorld(postgres);
  const words = createWordEmbedder();
  const others = createWordEmbedder({ model: 'others', dimension: 16 });
  const paid = createWordEmbedder({ model: 'paid', dollarsPerMillionTokens: 20 });
  let { deps } = world;
  let recorded = 0;
  const reset = async () => {
    await world.reset();
    for (const embedder of [words, others, paid]) {
      Object.assign(embedder, { weights: '', failure: null });
      embedder.texts.length = 0;
    }
    const embedders = poolOf(world.deps, { words, others, paid });
    deps = { ...world.deps, index: createMemoryIndex(), embedders };
  };
  await reset();
  const view = () => ensureView(deps, SETTINGS, signal);
  return {
    get deps() {
      return deps;
    },
    world,
    words,
    others,
    paid,
    connection: postgres.connection,
    record: async (path, markdown) => {
      recorded += 1;
      const { documents } = world.deps.registry;
      await documents.record(post(path, markdown), page(urlOf(path)), at(recorded));
    },
    close: (path) => world.deps.registry.documents.close(documentOf(path), at(recorded)),
    view,
    publish: async (by = deps) => publish(by, await view(), () => undefined, signal),
    seen: async (viewId, epoch) => {
      const current = await deps.registry.views.get(viewId ?? (await view()).id);
      return seenIn(deps, current, epoch ?? current.publishedEpoch);
    },
    reset,
    end: async () => {
      await world.close();
      await postgres.close();
    },
  };
}

/** A pool as the product's: views name their embedders, and keep the probes they were made with. */
function poolOf(
  { registry }: Pick<FeatureDeps, 'registry'>,
  embedders: Readonly<Record<'words' | 'others' | 'paid', WordEmbedder>>,
) {
  const { words, others, paid } = embedders;
  const named = new Map([
    ['static:words', words],
    ['static:others', others],
    ['openai:paid', paid],
  ]);
  return createEmbedderPool({
    configured: 'static:words',
    load: async (reference) => {
      const found = named.get(reference);
      if (found === undefined) throw new Error(`there is no ${reference}`);
      return found.embedder;
    },
    referencesOf: async ({ embedder }) => (embedder === null ? [...named.keys()] : [embedder]),
    probesOf: ({ id }) => registry.views.probes(id),
  });
}
