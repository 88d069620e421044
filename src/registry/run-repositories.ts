import { and, desc, eq, sql } from 'drizzle-orm';
import { AppError } from '#domain/errors.ts';
import type { RunRegistry } from '#ports/registry.ts';
import type { LeaseRegistry } from '#ports/view-registry.ts';
import type { Database } from './database.ts';
import { one, translated } from './errors.ts';
import { byCode, hasId } from './queries.ts';
import { leases } from './schema/feature-tables.ts';
import { runs } from './schema/release-tables.ts';

export function createRunRegistry(db: Database): RunRegistry {
  return {
    start: ({ id, kind, subject, at }) =>
      translated(async () => {
        const empty = { endedAt: null, counts: {}, produced: [], error: null };
        await db
          .insert(runs)
          .values({ id, kind, subject, status: 'running', startedAt: at, ...empty });
      }),
    end: (id, end, at) =>
      translated(async () => {
        await db
          .update(runs)
          .set({ ...end, endedAt: at })
          .where(hasId(runs.id, id));
      }),
    abandon: (subject, at) =>
      translated(async () => {
        const rows = await db
          .update(runs)
          .set({ status: 'failed', endedAt: at, error: 'its process ended before the run did' })
          .where(and(eq(runs.subject, subject), eq(runs.status, 'running')))
          .returning({ id: runs.id });
        return rows.length;
      }),
    last: (subject) =>
      translated(async () => {
        const rows = await db
          .select()
          .from(runs)
          .where(eq(runs.subject, subject))
          .orderBy(desc(runs.startedAt), desc(runs.id))
          .limit(1);
        return rows[0] ?? null;
      }),
    reopen: (id) =>
      translated(async () => {
        const rows = await db
          .update(runs)
          .set({ status: 'running', endedAt: null, error: null })
          .where(hasId(runs.id, id))
          .returning({ id: runs.id });
        one(rows, () => new AppError('not_found', `there is no run ${id}.`));
      }),
    list: (limit) =>
      translated(() =>
        db.select().from(runs).orderBy(desc(runs.startedAt), desc(runs.id)).limit(limit),
      ),
  };
}

export function createLeaseRegistry(db: Database): LeaseRegistry {
  return {
    acquire: ({ name, holder, now, expiresAt }) =>
      translated(async () => {
        const taken = await db
          .insert(leases)
          .values({ name, holder, expiresAt })
          .onConflictDoUpdate({
            target: leases.name,
            set: { holder: sql`excluded.holder`, expiresAt: sql`excluded.expires_at` },
            setWhere: sql`${leases.holder} = ${holder} or ${leases.expiresAt} <= ${now}`,
          })
          .returning();
        if (taken.length > 0) return;
        const rows = await db.select().from(leases).where(eq(leases.name, name));
        throw new AppError(
          'lease_held',
          `${name} is being written by ${rows[0]?.holder ?? 'another process'} ` +
            `(its lease runs until ${rows[0]?.expiresAt ?? 'now'}); wait for it, or stop it.`,
          { retryable: true },
        );
      }),
    release: (name, holder) =>
      translated(async () => {
        await db.delete(leases).where(and(eq(leases.name, name), eq(leases.holder, holder)));
      }),
    list: () => translated(() => db.select().from(leases).orderBy(byCode(leases.name))),
  };
}
