import type pg from 'pg';
import type { ChunkMember } from '#domain/chunk.ts';
import { isUuid, uuidArray, vectorAt } from './binary.ts';
import type { Tables } from './tables.ts';

const SCAN_MAX = 5_000;

type MemberRow = {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** JSON of `Payload`. */
  readonly payload: string;
};

type Payload = Pick<ChunkMember, 'key' | 'chunk' | 'context'>;

/** Members in the order of their ids; ids that are not there are left out. */
export async function fetchMembers(
  pool: pg.Pool,
  tables: Tables,
  ids: readonly string[],
): Promise<readonly ChunkMember[]> {
  const result = await pool.query<MemberRow>(
    `select id, from_epoch as from, to_epoch as to, payload
       from ${tables.points} where id = any($1::uuid[])`,
    [ids.filter(isUuid)],
  );
  const members = new Map(result.rows.map((row) => [row.id, memberOf(row)]));
  return ids.flatMap((id) => members.get(id) ?? []);
}

function memberOf({ id, from, to, payload }: MemberRow): ChunkMember {
  const { key, chunk, context } = JSON.parse(payload) as Payload;
  return { id, key, chunk, context, from: Number(from), to: Number(to) };
}

/** Documents of points, by the point's id. */
export async function fetchDocuments(
  pool: pg.Pool,
  tables: Tables,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await pool.query<{ id: string; document: string }>(
    `select id, document_id as document from ${tables.points} where id = any($1::uuid[])`,
    [uuidArray(ids)],
  );
  return new Map(rows.map(({ id, document }) => [id, document]));
}

/** Vectors of one statement: some megabytes. */
const VECTORS_MAX = 1_000;

/** Dense vectors by id, as they are stored. */
export async function fetchVectors(
  pool: pg.Pool,
  tables: Tables,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Float32Array>> {
  const vectors = new Map<string, Float32Array>();
  const wanted = ids.filter(isUuid);
  for (let at = 0; at === 0 || at < wanted.length; at += VECTORS_MAX) {
    const { rows } = await pool.query<{ id: string; dense: Buffer }>(
      `select id, vector_send(dense) as dense from ${tables.points} where id = any($1::uuid[])`,
      [wanted.slice(at, at + VECTORS_MAX)],
    );
    for (const { id, dense } of rows) vectors.set(id, vectorAt(dense, 0));
  }
  return vectors;
}

export type ScannedSpan = { readonly id: string; readonly from: number; readonly to: number };

/** Pages of spans by ascending id. */
export async function* scanSpans(
  pool: pg.Pool,
  tables: Tables,
): AsyncGenerator<readonly ScannedSpan[]> {
  let after: string | null = null;
  for (;;) {
    const page: pg.QueryResult<Omit<MemberRow, 'payload'>> = await pool.query(
      `select id, from_epoch as from, to_epoch as to from ${tables.points}
        where $1::uuid is null or id > $1 order by id limit ${SCAN_MAX}`,
      [after],
    );
    yield page.rows.map(({ id, from, to }) => ({ id, from: Number(from), to: Number(to) }));
    if (page.rows.length < SCAN_MAX) return;
    after = page.rows.at(-1)?.id ?? null;
  }
}
