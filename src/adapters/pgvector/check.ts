import type pg from 'pg';
import { AppError } from '#domain/errors.ts';

/** The first whose index scans go on until enough points match a filter. */
const OLDEST = { major: 0, minor: 8 };

/** Rejects with `invalid_config` unless the database has a pgvector that is new enough. */
export async function checkExtension(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ version: string }>(
    `select coalesce(installed_version, default_version) as version
       from pg_available_extensions where name = 'vector'`,
  );
  const version = rows[0]?.version;
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  if (major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor)) return;
  throw new AppError(
    'invalid_config',
    `the database has ${version === undefined ? 'no pgvector' : `pgvector ${version}`}; install the ` +
      `extension "vector", ${OLDEST.major}.${OLDEST.minor} or newer, or set QDRANT_URL.`,
    { param: 'DATABASE_URL' },
  );
}
