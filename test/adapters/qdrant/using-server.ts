import { afterEach, beforeEach } from 'vitest';
import type { QdrantOptions } from '#adapters/qdrant/options.ts';
import type { FeatureIndex } from '#ports/feature-index.ts';
import {
  type QdrantServer,
  type QdrantServerOptions,
  startQdrantServer,
} from '../../fakes/qdrant-server.ts';
import { indexAt } from './index-at.ts';

export type Using = {
  readonly server: () => QdrantServer;
  readonly index: (options?: Partial<QdrantOptions>) => FeatureIndex;
};

/** A server of its own for each test of the block that calls this. */
export function useServer(options: QdrantServerOptions = {}): Using {
  let server: QdrantServer;
  beforeEach(async () => {
    server = await startQdrantServer(options);
  });
  afterEach(() => server.close());
  return {
    server: () => server,
    index: (of = {}) => indexAt(server.url, { apiKey: options.apiKey ?? null, ...of }),
  };
}

/** Requests to a collection of which the method and the end of the path are these. */
export const countOf = ({ requests }: QdrantServer, pattern: RegExp): number =>
  requests.filter((line) => pattern.test(line)).length;

/** The body of an answer that is an error, as the server words it. */
export const inWords = (error: string) => ({ status: { error }, time: 0 });
