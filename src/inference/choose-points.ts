import type { HitExplanation } from '#domain/answer.ts';
import { type FusedPoint, rangeOf, scaleTo } from '#domain/fusion.ts';
import { firstOfEach } from '#domain/grouping.ts';
import { diversify } from '#domain/mmr.ts';
import type { PointReader } from './read-points.ts';

export type Chosen = Pick<HitExplanation, 'fusedRank' | 'mmr'> & { readonly point: FusedPoint };

export type Choosing = {
  readonly limit: number;
  readonly mmrLambda: number | null;
  readonly perDocumentMax: number | null;
};

/** Members read at once while a limit is filled. */
const MEMBERS_MIN = 64;

/** At most `limit` of the fused points, in the order in which they are given to the reader. */
export async function choosePoints(
  points: PointReader,
  fused: readonly FusedPoint[],
  { limit, mmrLambda, perDocumentMax }: Choosing,
): Promise<readonly Chosen[]> {
  const ranked = fused.map((point, at) => ({ point, fusedRank: at + 1, mmr: null }));
  if (mmrLambda !== null)
    return chooseDiverse(points, ranked, { limit, mmrLambda, perDocumentMax });
  return perDocumentMax === null
    ? ranked.slice(0, limit)
    : chooseGrouped(points, ranked, { limit, perDocumentMax });
}

/** Reads no more members than it takes to fill the limit. */
async function chooseGrouped(
  points: PointReader,
  ranked: readonly Chosen[],
  { limit, perDocumentMax }: { readonly limit: number; readonly perDocumentMax: number },
): Promise<readonly Chosen[]> {
  for (let read = Math.max(2 * limit, MEMBERS_MIN); ; read *= 2) {
    const best = ranked.slice(0, read);
    const documents = await documentsOf(points, best);
    const kept = firstOfEach(best, ({ point }) => documents.get(point.id) ?? '', perDocumentMax);
    if (kept.length >= limit || read >= ranked.length) return kept.slice(0, limit);
  }
}

async function chooseDiverse(
  points: PointReader,
  ranked: readonly Chosen[],
  { limit, mmrLambda, perDocumentMax }: Choosing & { readonly mmrLambda: number },
): Promise<readonly Chosen[]> {
  const vectors = await points.vectors(ranked.map(({ point }) => point.id));
  const documents = perDocumentMax === null ? null : await documentsOf(points, ranked);
  const range = rangeOf(ranked.map(({ point }) => point));
  const candidates = ranked.map(({ point: { id, score } }, at) => ({
    id,
    relevance: scaleTo(range, score),
    vector: vectors[at] ?? new Float32Array(),
    group: documents?.get(id) ?? '',
  }));
  const byId = new Map(ranked.map((one) => [one.point.id, one]));
  const steps = diversify(candidates, { lambda: mmrLambda, limit, perGroupMax: perDocumentMax });
  return steps.flatMap(({ id, ...step }, at) => {
    const one = byId.get(id);
    return one === undefined ? [] : [{ ...one, mmr: { position: at + 1, ...step } }];
  });
}

async function documentsOf(
  points: PointReader,
  ranked: readonly Chosen[],
): Promise<ReadonlyMap<string, string>> {
  const members = await points.members(ranked.map(({ point }) => point.id));
  return new Map(members.map(({ id, context }) => [id, context.documentId]));
}
