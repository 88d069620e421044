import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPool, databaseOf, migrateDatabase } from '#registry/database.ts';
import { createAnswerRegistry } from '#registry/release-repositories.ts';
import { answer } from '../contracts/registry/make.ts';
import { type EmbeddedPostgres, startPglite } from '../fakes/embedded-postgres.ts';
import { MIGRATIONS } from './bed.ts';

let database: EmbeddedPostgres;
let pool: ReturnType<typeof createPool>;
beforeAll(async () => {
  database = await startPglite();
  pool = createPool({ connection: database.connection, connectionsMax: 2 });
  await migrateDatabase(databaseOf(pool), MIGRATIONS);
}, 60_000);
afterAll(async () => {
  await pool.end();
  await database.close();
});

it('an answer’s filter is kept with it, and in a column that can be asked for', async () => {
  const db = databaseOf(pool);
  const answers = createAnswerRegistry(db);
  const plain = answer('plain');
  const filter = { tags: ['archive', 'ops'], since: '2026-01-01' };
  const provenance = { ...plain.answer.provenance, answerId: 'filtered', filter };
  const filtered = answer('filtered', { answer: { ...plain.answer, provenance } });
  for (const record of [plain, filtered]) await answers.record(record);
  expect(await answers.get('filtered')).toEqual(filtered);
  expect(await answers.get('plain')).toEqual(plain);
  const { rows } = await db.execute<{ id: string; since: string | null }>(
    sql`select id, filter->>'since' as since from answers order by id`,
  );
  expect(rows).toEqual([
    { id: 'filtered', since: '2026-01-01' },
    { id: 'plain', since: null },
  ]);
});
