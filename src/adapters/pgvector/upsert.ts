import type pg from 'pg';
import { AppError } from '#domain/errors.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import type { IndexPoint } from '#ports/feature-index.ts';
import { arrayLiteral, bigintArray, binaryArray, isUuid, textArray, unitVector } from './binary.ts';
import { packUnsealed } from './postings.ts';
import { COLLECTIONS, type Tables } from './tables.ts';

/** Points of one statement. */
export const POINTS_MAX = 1_000;

/** Everything that Postgres would refuse, refused before anything is sent. */
export function requireStorable(view: FeatureView, points: readonly IndexPoint[]): void {
  for (const { member, dense, sparse } of points) {
    requireDimension(view, dense.length);
    if (!isUuid(member.id) || !isUuid(member.context.documentId)) {
      throw new AppError(
        'invalid_input',
        `point ${member.id} of document ${member.context.documentId}: both must be UUIDs.`,
      );
    }
    if (sparse.values.some((weight) => !Number.isFinite(weight))) {
      throw new AppError(
        'invalid_input',
        `point ${member.id} has a term weight that is no number.`,
      );
    }
  }
}

export function requireDimension({ id, collection, spec }: FeatureView, dimension: number): void {
  if (dimension === spec.dense.dimension) return;
  throw new AppError(
    'index_mismatch',
    `collection ${collection}: vectors of ${dimension} dimensions, but ${id} has ` +
      `${spec.dense.dimension}; drop the collection, or build the next view version.`,
  );
}

/** Takes a collection for writing until the transaction ends, and `count` new point numbers. */
export async function lockCollection(
  client: pg.ClientBase,
  { collection }: Tables,
  count: number,
): Promise<{ readonly firstNo: number; readonly vectorOid: number }> {
  const result = await client.query<{ first: number; oid: number }>(
    `update ${COLLECTIONS} set version = pg_current_xact_id(), number_next = number_next + $2
      where name = $1
      returning number_next - $2 as first, 'vector'::regtype::oid::integer as oid`,
    [collection, count],
  );
  const row = result.rows[0];
  if (row === undefined) throw missingCollection(collection);
  return { firstNo: row.first, vectorOid: row.oid };
}

export const missingCollection = (collection: string, cause?: unknown): AppError =>
  new AppError(
    'index_mismatch',
    `the index holds no collection ${collection}; load its view again.`,
    cause === undefined ? {} : { cause },
  );

/**
 * Inserts or replaces points in the transaction at hand. A replaced point takes a new number, so
 * that what postings say of the old one is no longer about anybody.
 */
export async function upsertPoints(
  client: pg.ClientBase,
  tables: Tables,
  points: readonly IndexPoint[],
): Promise<void> {
  // Two rows with one id in a statement are an error to Postgres; the last one counts, as in a map.
  const unique = [...new Map(points.map((point) => [point.member.id, point])).values()];
  const { firstNo, vectorOid } = await lockCollection(client, tables, unique.length);
  await client.query(insertStatement(tables), [firstNo, ...columnsOf(unique, vectorOid)]);
  const terms = packUnsealed(unique.map(({ sparse }, at) => ({ no: firstNo + at, sparse })));
  await client.query(`insert into ${tables.unsealed} (first_no, terms) values ($1, $2)`, [
    firstNo,
    terms,
  ]);
}

function columnsOf(points: readonly IndexPoint[], vectorOid: number): readonly Buffer[] {
  const members = points.map(({ member }) => member);
  const vectors = points.map(({ member, dense }) => {
    const vector = unitVector(dense);
    if (vector !== null) return vector;
    throw new AppError('invalid_input', `point ${member.id} has a vector that is not finite.`);
  });
  return [
    textArray(members.map(({ id }) => id)),
    bigintArray(members.map(({ from }) => from)),
    bigintArray(members.map(({ to }) => to)),
    binaryArray(vectorOid, vectors),
    textArray(members.map(({ context }) => context.documentId)),
    textArray(members.map(({ context }) => context.sourceName)),
    textArray(members.map(({ context }) => context.language)),
    textArray(members.map(({ context }) => arrayLiteral(context.tags))),
    textArray(members.map(({ key, chunk, context }) => JSON.stringify({ key, chunk, context }))),
  ];
}

const insertStatement = (tables: Tables): string => `
  insert into ${tables.points} (no, id, from_epoch, to_epoch, dense, document_id, source_name,
                                language, tags, payload)
  select $1::integer + place - 1, id::uuid, f, t, dense, document::uuid, source, language,
         tags::text[], payload
    from unnest($2::text[], $3::bigint[], $4::bigint[], $5::vector[], $6::text[], $7::text[],
                $8::text[], $9::text[], $10::text[])
         with ordinality as row (id, f, t, dense, document, source, language, tags, payload, place)
  on conflict (id) do update set
    no = excluded.no, from_epoch = excluded.from_epoch, to_epoch = excluded.to_epoch,
    dense = excluded.dense, document_id = excluded.document_id,
    source_name = excluded.source_name, language = excluded.language, tags = excluded.tags,
    payload = excluded.payload`;
