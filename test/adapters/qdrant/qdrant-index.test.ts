import { afterAll, beforeAll, describe, it } from 'vitest';
import { createQdrantIndex } from '#adapters/qdrant/qdrant-index.ts';
import { systemClock } from '#adapters/system/system.ts';
import { readEnvironment } from '#config/env.ts';
import type { FeatureIndex } from '#ports/feature-index.ts';
import { dropFreshViews } from '../../contracts/feature-index/points.ts';
import { featureIndexContract } from '../../contracts/feature-index.ts';
import { type QdrantServer, startQdrantServer } from '../../fakes/qdrant-server.ts';
import { indexAt } from './index-at.ts';

const { QDRANT_URL = '', QDRANT_API_KEY = '' } = readEnvironment();

describe('qdrant, on a server that speaks its interface', () => {
  let server: QdrantServer;
  let index: FeatureIndex;
  beforeAll(async () => {
    server = await startQdrantServer();
    index = indexAt(server.url);
  });
  afterAll(() => server.close());
  featureIndexContract('Qdrant on a fake server', () => index);
});

const onRealQdrant = () => {
  let index: FeatureIndex;
  beforeAll(() => {
    index = createQdrantIndex({
      url: QDRANT_URL,
      apiKey: QDRANT_API_KEY === '' ? null : QDRANT_API_KEY,
      clock: systemClock,
      random: Math.random,
      log: { warn: () => undefined },
    });
  });
  afterAll(() => dropFreshViews(index), 120_000);
  featureIndexContract('Qdrant at QDRANT_URL', () => index);
};

if (QDRANT_URL !== '') describe('qdrant at QDRANT_URL', onRealQdrant);
else it.skip('qdrant at QDRANT_URL: skipped, since QDRANT_URL is not set', () => undefined);
