import type { ChunkMember } from '#domain/chunk.ts';
import { AppError } from '#domain/errors.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import type { FeatureIndex } from '#ports/feature-index.ts';

/**
 * What a view's index holds of ranked points; read once each. Both reject with a retryable
 * `index_mismatch` naming the first point that is ranked but not held.
 */
export type PointReader = {
  /** In the order asked. */
  members(ids: readonly string[]): Promise<readonly ChunkMember[]>;
  /** Of unit length, in the order asked. */
  vectors(ids: readonly string[]): Promise<readonly Float32Array[]>;
};

export function createPointReader(
  index: Pick<FeatureIndex, 'fetch' | 'vectors'>,
  view: FeatureView,
  signal: AbortSignal,
): PointReader {
  const members = new Map<string, ChunkMember>();
  const vectors = new Map<string, Float32Array>();
  const held = <T>(known: ReadonlyMap<string, T>, id: string): T => {
    const found = known.get(id);
    if (found !== undefined) return found;
    throw new AppError(
      'index_mismatch',
      `${view.collection} ranked point ${id} but does not hold it; reconcile the index.`,
      // A vacuum between the two calls has the same look.
      { retryable: true },
    );
  };
  const unknown = (ids: readonly string[], known: ReadonlyMap<string, unknown>) =>
    ids.filter((id) => !known.has(id));
  return {
    members: async (ids) => {
      const missing = unknown(ids, members);
      const read = missing.length === 0 ? [] : await index.fetch(view, missing, signal);
      for (const member of read) members.set(member.id, member);
      return ids.map((id) => held(members, id));
    },
    vectors: async (ids) => {
      const missing = unknown(ids, vectors);
      const read = missing.length === 0 ? [] : await index.vectors(view, missing, signal);
      for (const [id, vector] of read) vectors.set(id, vector);
      return ids.map((id) => held(vectors, id));
    },
  };
}
