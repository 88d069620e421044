import type { ChunkMember } from '#domain/chunk.ts';
import { chunkEmbeddingText } from '#domain/embedding.ts';
import type { IndexPoint } from '#ports/feature-index.ts';
import type { ViewTools } from './view-tools.ts';

/** Members with the vectors of their texts, in their order. */
export async function pointsOf(
  { embedder, sparse }: ViewTools,
  members: readonly ChunkMember[],
  signal: AbortSignal,
): Promise<readonly IndexPoint[]> {
  const texts = embeddingTextsOf(embedder, members);
  const vectors = await embedder.embed(texts, 'document', signal);
  return members.flatMap((member, position) => {
    const dense = vectors[position];
    const text = texts[position];
    if (dense === undefined || text === undefined) return [];
    return [{ member, dense, sparse: sparse.encodeDocument(text) }];
  });
}

/** The texts that are embedded for members, dense and sparse alike. */
export function embeddingTextsOf(
  { spec, countTokens }: ViewTools['embedder'],
  members: readonly Pick<ChunkMember, 'chunk' | 'context'>[],
): readonly string[] {
  const fits = (text: string) => countTokens(spec.documentPrefix + text) <= spec.tokensMax;
  return members.map(({ chunk, context }) =>
    chunkEmbeddingText({ ...chunk, title: context.title }, fits),
  );
}
