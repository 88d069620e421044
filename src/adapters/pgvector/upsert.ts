import type pg from 'pg';
import { AppError } from '#domain/errors.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import {
  type IndexPoint,
  missingCollection,
  publishedMsOf,
  requireDimension,
} from '#ports/feature-index.ts';
import { isUuid, textArray, unitVector, uuidArray, uuidBytes } from './binary.ts';
import { copyInto, createCopyRows } from './copy.ts';
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

/**
 * Takes a collection for writing until the transaction ends, and `count` new point numbers. Gives
 * the first of them.
 */
export async function lockCollection(
  client: pg.ClientBase,
  { id, collection }: Tables,
  count: number,
): Promise<number> {
  const result = await client.query<{ first: number }>(
    `update ${COLLECTIONS} set version = pg_current_xact_id(), number_next = number_next + $2
      where name = $1 returning number_next - $2 as first`,
    [collection, count],
  );
  const row = result.rows[0];
  if (row === undefined) throw missingCollection({ id, collection });
  return row.first;
}

/**
 * Inserts or replaces points in the transaction at hand. A replaced point takes a new number, so
 * that what postings say of the old one is no longer about anybody.
 */
export async function upsertPoints(
  client: pg.ClientBase,
  tables: Tables,
  points: readonly IndexPoint[],
): Promise<void> {
  // Of two with one id the last one counts, as in a map.
  const unique = [...new Map(points.map((point) => [point.member.id, point])).values()];
  const firstNo = await lockCollection(client, tables, unique.length);
  const ids = uuidArray(unique.map(({ member }) => member.id));
  await client.query(`delete from ${tables.points} where id = any($1::uuid[])`, [ids]);
  await copyInto(client, `${tables.points} (${COLUMNS.join(', ')})`, rowsOf(unique, firstNo));
  const terms = packUnsealed(unique.map(({ sparse }, at) => ({ no: firstNo + at, sparse })));
  await client.query(`insert into ${tables.unsealed} (first_no, terms) values ($1, $2)`, [
    firstNo,
    terms,
  ]);
}

const COLUMNS = [
  ...['no', 'id', 'from_epoch', 'to_epoch', 'dense', 'document_id', 'source_name', 'language'],
  ...['tags', 'published', 'payload'],
];

function rowsOf(points: readonly IndexPoint[], firstNo: number): Buffer {
  const rows = createCopyRows();
  for (const [at, { member, dense }] of points.entries()) {
    const { id, key, chunk, context, from, to } = member;
    const vector = unitVector(dense);
    if (vector === null) {
      throw new AppError('invalid_input', `point ${id} has a vector that is not finite.`);
    }
    rows.row(COLUMNS.length);
    rows.integer(firstNo + at);
    rows.bytes(uuidBytes(id));
    rows.bigint(from);
    rows.bigint(to);
    rows.bytes(vector);
    rows.bytes(uuidBytes(context.documentId));
    rows.text(context.sourceName);
    if (context.language === null) rows.nothing();
    else rows.text(context.language);
    rows.bytes(textArray(context.tags));
    const published = publishedMsOf(context.publishedAt);
    if (published === null) rows.nothing();
    else rows.bigint(published);
    rows.text(JSON.stringify({ key, chunk, context }));
  }
  return rows.end();
}
