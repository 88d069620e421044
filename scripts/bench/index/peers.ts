import { PGVectorStore } from '@langchain/community/vectorstores/pgvector';
import { Document } from '@langchain/core/documents';
import { FakeEmbeddings } from '@langchain/core/utils/testing';
import type pg from 'pg';
import type { IndexPoint } from '../../../src/ports/feature-index.ts';
import { DIMENSION, type Question } from './made-points.ts';
import { batchesOf, LIMIT, type Store } from './stores.ts';

/**
 * LangChain's pgvector store, which has no terms: loaded by its own `addVectors`, searched by its
 * own `similaritySearchVectorWithScore`, without an index (its default) or with its HNSW index.
 */
export async function langchainStore(pool: pg.Pool, hnsw: boolean): Promise<Store> {
  const tableName = hnsw ? 'langchain_hnsw' : 'langchain_plain';
  await pool.query(`drop table if exists ${tableName}`);
  const store = await PGVectorStore.initialize(new FakeEmbeddings(), {
    pool,
    tableName,
    dimensions: DIMENSION,
    distanceStrategy: 'cosine',
  });
  const search = async ({ dense }: Question, filter?: PGVectorStore['FilterType']) => {
    const found = await store.similaritySearchVectorWithScore([...dense], LIMIT, filter);
    return found.map(([{ id }]) => id ?? '');
  };
  return {
    name: `LangChain PGVectorStore, ${hnsw ? 'HNSW' : 'no index'}`,
    load: async (points) => {
      const begun = performance.now();
      for (const batch of batchesOf(points)) {
        await store.addVectors(
          batch.map(({ dense }) => [...dense]),
          batch.map(documentOf),
          { ids: batch.map(({ member }) => member.id) },
        );
      }
      const there = performance.now() - begun;
      if (hnsw) await store.createHnswIndex({ dimensions: DIMENSION });
      return { there, indexed: performance.now() - begun };
    },
    searches: {
      dense: (question) => search(question),
      'dense, half of all': (question) => search(question, { language: 'fr' }),
      'dense, 1 in 100': (question) => search(question, { rare: 'yes' }),
    },
    // Its own `end` would end the pool with the connection that it keeps.
    close: () => store.client?.release(),
  };
}

function documentOf({ member: { id, chunk, context, from, to } }: IndexPoint): Document {
  const rare = context.tags.includes('rare') ? 'yes' : 'no';
  const metadata = { ...context, headings: chunk.headingPath, from, to, rare };
  return new Document({ id, pageContent: chunk.text, metadata });
}
