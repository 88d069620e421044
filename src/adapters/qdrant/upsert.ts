import { AppError } from '#domain/errors.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import { type IndexPoint, requireDimension } from '#ports/feature-index.ts';
import { DENSE, SPARSE } from './collection.ts';
import { isUuid } from './filter.ts';
import type { QdrantLimits } from './options.ts';
import { payloadOf } from './payload.ts';
import type { QdrantSchemas, Requests } from './requests.ts';
import { unitVector } from './unit-vector.ts';

type Place = { readonly requests: Requests; readonly view: FeatureView };
type Struct = QdrantSchemas['PointStruct'];

/** A request has landed when all replicas that matter have applied it. */
export async function written(
  { requests, view }: Place,
  signal: AbortSignal,
  call: Parameters<typeof requests.send<QdrantSchemas['UpdateResult']>>[2],
): Promise<void> {
  const { status } = await requests.send(view, signal, call);
  if (status === 'completed') return;
  throw new AppError(
    'upstream_unavailable',
    `Qdrant at ${requests.server} has not applied a write of ${view.id} yet (${status}).`,
    { retryable: true },
  );
}

/** Upserts points, a few requests at a time; the first failure stops the rest. */
export async function upsertPoints(
  place: Place,
  points: readonly IndexPoint[],
  { limits, signal }: { readonly limits: QdrantLimits; readonly signal: AbortSignal },
): Promise<void> {
  requireStorable(place.view, points);
  // Of two with one id the last one counts, and requests may overtake each other.
  const unique = [...new Map(points.map((point) => [point.member.id, point])).values()];
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const batches = batchesOf(unique, limits);
  const work = async () => {
    for (const batch of batches) {
      const structs = batch.map(structOf);
      await written(place, either, (api, init) =>
        api.upsertPoints(
          { collection_name: place.view.collection, wait: true, points: structs },
          init,
        ),
      );
    }
  };
  const workers = Array.from({ length: limits.requestsAtOnceMax }, () =>
    work().catch((thrown: unknown) => {
      stop.abort(thrown);
      throw thrown;
    }),
  );
  const outcomes = await Promise.allSettled(workers);
  signal.throwIfAborted();
  if (stop.signal.aborted) throw stop.signal.reason;
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** Points in the order given, cut where a request would have too many, or too many bytes. */
export function* batchesOf(
  points: readonly IndexPoint[],
  limits: Pick<QdrantLimits, 'requestPointsMax' | 'requestBytesMax'>,
): Generator<readonly IndexPoint[]> {
  let batch: IndexPoint[] = [];
  let bytes = 0;
  for (const point of points) {
    const size = bytesOf(point);
    const full = batch.length >= limits.requestPointsMax || bytes + size > limits.requestBytesMax;
    if (batch.length > 0 && full) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(point);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

/** Characters of a float32 in JSON, with its comma, and those of an index. */
const FLOAT_BYTES = 22;
const INDEX_BYTES = 11;

/** About what a point takes in a request. */
const bytesOf = ({ member, dense, sparse }: IndexPoint): number =>
  Buffer.byteLength(JSON.stringify(payloadOf(member))) +
  FLOAT_BYTES * dense.length +
  (FLOAT_BYTES + INDEX_BYTES) * sparse.indices.length;

/** A point without terms keeps an empty vector of them: it counts when their rarity is counted. */
function structOf({ member, dense, sparse }: IndexPoint): Struct {
  return {
    id: member.id,
    vector: {
      [DENSE]: [...(unitVector(dense) ?? dense)],
      [SPARSE]: { indices: [...sparse.indices], values: [...sparse.values] },
    },
    payload: payloadOf(member),
  };
}

/** Everything that Qdrant would refuse or change, refused before anything is sent. */
function requireStorable(view: FeatureView, points: readonly IndexPoint[]): void {
  for (const { member, dense, sparse } of points) {
    requireDimension(view, dense.length);
    const wrong = reasonAgainst(member, dense, sparse);
    if (wrong === null) continue;
    throw new AppError('invalid_input', `${view.id}: point ${member.id} ${wrong}.`);
  }
}

function reasonAgainst(
  member: IndexPoint['member'],
  dense: IndexPoint['dense'],
  sparse: IndexPoint['sparse'],
): string | null {
  if (!isUuid(member.id)) return 'has an id that is no UUID';
  if (!isUuid(member.context.documentId)) return 'is of a document whose id is no UUID';
  if (unitVector(dense) === null) return 'has a vector that is not finite';
  if (!sparse.values.every(Number.isFinite)) return 'has a term weight that is no number';
  // JSON carries half a surrogate pair as an escape, which Qdrant cannot read.
  if (!wellFormed(payloadOf(member))) return 'has half a surrogate pair in its text';
  return null;
}

const wellFormed = (payload: ReturnType<typeof payloadOf>): boolean =>
  Object.values(payload)
    .flat()
    .every((value) => typeof value !== 'string' || value.isWellFormed());
