import { sql } from 'drizzle-orm';
import type { VectorCache } from '#ports/vector-cache.ts';
import type { Database } from './database.ts';
import { translated } from './errors.ts';

/** Bytes of a SHA-256, and of a float. */
const HASH_BYTES = 32;
const FLOAT_BYTES = 4;
/** Of vectors in one statement; far below what a message to Postgres may have. */
const STATEMENT_BYTES_MAX = 4 * 1024 * 1024;

type Row = { readonly hash: string; readonly vector: Buffer };

/**
 * Vectors in the table `vector_cache`, as little-endian floats. Hashes and vectors go over the wire as
 * one value each and are taken apart there: a parameter for each costs more than the rows.
 */
export const createVectorCache = (db: Database): VectorCache => ({
  getMany: ({ fingerprint, purpose }, hashes) =>
    translated(async () => {
      if (hashes.length === 0) return new Map();
      const { rows } = await db.execute<Row>(sql`
        select encode(held.text_hash, 'hex') as hash, held.vector
        from generate_series(0, ${hashes.length - 1}) as asked(at)
        join vector_cache as held on held.fingerprint = ${fingerprint} and held.purpose = ${purpose}
         and held.text_hash = ${slice(Buffer.from(hashes.join(''), 'hex'), HASH_BYTES)}`);
      return new Map(rows.map(({ hash, vector }) => [hash, floatsOf(vector)]));
    }),
  putMany: ({ fingerprint, purpose }, vectors) =>
    translated(async () => {
      for (const part of partsOf(vectors)) {
        const hashes = Buffer.from(part.map(([hash]) => hash).join(''), 'hex');
        const bytes = Buffer.concat(part.map(([, vector]) => bytesOf(vector)));
        await db.execute(sql`
          insert into vector_cache (fingerprint, purpose, text_hash, vector)
          select ${fingerprint}, ${purpose}, ${slice(hashes, HASH_BYTES)},
                 ${slice(bytes, bytes.length / part.length)}
          from generate_series(0, ${part.length - 1}) as asked(at)
          on conflict do nothing`);
      }
    }),
  forget: (fingerprint) =>
    translated(async () => {
      const { rowCount } = await db.execute(
        sql`delete from vector_cache where fingerprint = ${fingerprint}`,
      );
      return rowCount ?? 0;
    }),
});

/** The piece of some bytes that is row `at`'s. */
const slice = (bytes: Buffer, length: number) =>
  sql`substring(${bytes}::bytea from at * ${length}::int + 1 for ${length}::int)`;

type Entry = readonly [string, Float32Array];

/** Vectors of one length, in statements that are not too large. */
function partsOf(vectors: ReadonlyMap<string, Float32Array>): readonly (readonly Entry[])[] {
  const parts: Entry[][] = [];
  for (const [hash, vector] of vectors) {
    const last = parts.at(-1);
    const isSame = last?.[0]?.[1].length === vector.length;
    const bytes = (1 + (last?.length ?? 0)) * vector.length * FLOAT_BYTES;
    if (last !== undefined && isSame && bytes <= STATEMENT_BYTES_MAX) last.push([hash, vector]);
    else parts.push([[hash, vector]]);
  }
  return parts;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

const floatsOf = (bytes: Buffer): Float32Array => new Float32Array(Uint8Array.from(bytes).buffer);
