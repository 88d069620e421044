import { and, asc, desc, eq, gt } from 'drizzle-orm';
import { AppError } from '#domain/errors.ts';
import { canonicalJson } from '#domain/hash.ts';
import type { PageState } from '#domain/source.ts';
import type {
  DeadLetterRegistry,
  PageRegistry,
  SourceRegistry,
  VisitRegistry,
} from '#ports/source-registry.ts';
import type { Database } from './database.ts';
import { one, translated } from './errors.ts';
import { byCode, hasId } from './queries.ts';
import {
  deadLetters,
  documents,
  pages,
  siteTemplates,
  sources,
  visits,
} from './schema/feature-tables.ts';

export function createSourceRegistry(db: Database): SourceRegistry {
  const find = (name: string) => db.select().from(sources).where(eq(sources.name, name));
  return {
    add: (source) =>
      translated(async () => {
        await db.insert(sources).values(source).onConflictDoNothing();
        const stored = one(await find(source.name), () => unknownSource(source.name));
        const identity = ({ kind, urls }: typeof source) => canonicalJson({ kind, urls });
        if (identity(stored) !== identity(source)) {
          throw new AppError(
            'already_exists',
            `source ${source.name} is registered with other URLs (${stored.urls.join(', ')}); ` +
              'choose another --name.',
            { param: 'name' },
          );
        }
        const { limits, rules } = source;
        await db.update(sources).set({ limits, rules }).where(eq(sources.name, source.name));
        return { ...stored, limits, rules };
      }),
    get: (name) => translated(async () => one(await find(name), () => unknownSource(name))),
    list: () => translated(() => db.select().from(sources).orderBy(byCode(sources.name))),
    remove: (name, at) =>
      translated(() =>
        db.transaction(async (tx) => {
          const removed = await tx.delete(sources).where(eq(sources.name, name)).returning();
          one(removed, () => unknownSource(name));
          await tx.delete(pages).where(eq(pages.sourceName, name));
          await tx.delete(siteTemplates).where(eq(siteTemplates.sourceName, name));
          await tx
            .update(documents)
            .set({ status: 'closed', closedAt: at, canonicalId: null })
            .where(and(eq(documents.sourceName, name), eq(documents.status, 'live')));
        }),
      ),
    templates: (name) =>
      translated(async () => {
        const rows = await db
          .select()
          .from(siteTemplates)
          .where(eq(siteTemplates.sourceName, name));
        return rows[0]?.hashes ?? new Uint8Array();
      }),
    saveTemplates: (sourceName, hashes) =>
      translated(async () => {
        await db
          .insert(siteTemplates)
          .values({ sourceName, hashes })
          .onConflictDoUpdate({ target: siteTemplates.sourceName, set: { hashes } });
      }),
  };
}

const unknownSource = (name: string) =>
  new AppError('not_found', `there is no source ${name}; see lockstep source list.`, {
    param: 'source',
  });

/** Inserts or replaces a page's state, within a transaction of the caller's where there is one. */
export const savePage = (db: Pick<Database, 'insert'>, state: PageState) =>
  db
    .insert(pages)
    .values(state)
    .onConflictDoUpdate({ target: [pages.sourceName, pages.url], set: state });

/** States that one query gives: a large source does not come over the wire at once. */
const STATES_AT_ONCE = 5_000;

export function createPageRegistry(db: Database): PageRegistry {
  return {
    states: (sourceName) =>
      translated(async () => {
        const states = new Map<string, PageState>();
        // Pages of a site link to the same pages: each URL is kept once.
        const urls = new Map<string, string>();
        const once = (url: string): string => {
          const known = urls.get(url);
          if (known === undefined) urls.set(url, url);
          return known ?? url;
        };
        for (let after = ''; ; ) {
          const rows = await db
            .select()
            .from(pages)
            .where(and(eq(pages.sourceName, sourceName), gt(byCode(pages.url), after)))
            .orderBy(byCode(pages.url))
            .limit(STATES_AT_ONCE);
          for (const row of rows) states.set(row.url, { ...row, links: row.links.map(once) });
          const last = rows.at(-1);
          if (last === undefined || rows.length < STATES_AT_ONCE) return states;
          after = last.url;
        }
      }),
    save: (state) => translated(async () => void (await savePage(db, state))),
  };
}

export function createDeadLetterRegistry(db: Database): DeadLetterRegistry {
  return {
    add: (letter) =>
      translated(async () => {
        await db.insert(deadLetters).values({ ...letter, retryable: letter.retryable ? 1 : 0 });
      }),
    list: ({ runId, sourceName }) =>
      translated(async () => {
        const rows = await db
          .select()
          .from(deadLetters)
          .where(
            and(
              runId === undefined ? undefined : hasId(deadLetters.runId, runId),
              sourceName === undefined ? undefined : eq(deadLetters.sourceName, sourceName),
            ),
          )
          .orderBy(desc(deadLetters.id));
        return rows.map(({ id: _, ...row }) => ({ ...row, retryable: row.retryable === 1 }));
      }),
  };
}

export function createVisitRegistry(db: Database): VisitRegistry {
  return {
    add: (visit) => translated(async () => void (await db.insert(visits).values(visit))),
    list: (runId) =>
      translated(async () => {
        const rows = await db
          .select()
          .from(visits)
          .where(hasId(visits.runId, runId))
          .orderBy(asc(visits.id));
        return rows.map(({ id: _, ...visit }) => visit);
      }),
  };
}
