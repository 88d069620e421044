import { and, desc, eq, max, type SQL } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { AppError } from '#domain/errors.ts';
import { parseVersionedId, versionedId } from '#domain/feature-view.ts';
import { modelHashOf } from '#domain/model.ts';
import { promptHashOf, validatePrompt } from '#domain/prompt.ts';
import type {
  DatasetRegistry,
  EvaluationRegistry,
  ModelRegistry,
  PromptRegistry,
  SnapshotRegistry,
} from '#ports/training-registry.ts';
import type { Database } from './database.ts';
import { one, translated } from './errors.ts';
import { byCode, hasVersion, lockName } from './queries.ts';
import { datasets, evaluations, models, prompts, snapshots } from './schema/release-tables.ts';

type Versioned = PgTable & { readonly name: PgColumn; readonly version: PgColumn };

/** `answer@v1`, or the newest of `answer`. */
function versionOf(table: Versioned, id: string): SQL | undefined {
  const { name, version } = parseVersionedId(id);
  return and(
    eq(table.name, name),
    version === null ? undefined : hasVersion(table.version, version),
  );
}

const unknown = (kind: string, id: string) => () =>
  new AppError('not_found', `there is no ${kind} ${id}; see lockstep ${kind} list.`, {
    param: kind,
  });

async function nextVersion(
  db: Pick<Database, 'select'>,
  table: Versioned,
  name: string,
): Promise<number> {
  const rows = await db
    .select({ newest: max(table.version) })
    .from(table)
    .where(eq(table.name, name));
  return Number(rows[0]?.newest ?? 0) + 1;
}

export function createSnapshotRegistry(db: Database): SnapshotRegistry {
  const find = (id: string) => db.select().from(snapshots).where(eq(snapshots.id, id));
  return {
    add: (snapshot) =>
      translated(async () => {
        await db.insert(snapshots).values(snapshot).onConflictDoNothing();
        return one(await find(snapshot.id), unknown('snapshot', snapshot.id));
      }),
    get: (id) => translated(async () => one(await find(id), unknown('snapshot', id))),
    list: () =>
      translated(() =>
        db.select().from(snapshots).orderBy(desc(snapshots.createdAt), byCode(snapshots.id)),
      ),
  };
}

export function createDatasetRegistry(db: Database): DatasetRegistry {
  return {
    nextVersion: (name) => translated(() => nextVersion(db, datasets, name)),
    add: (dataset) =>
      translated(async () => {
        await db.insert(datasets).values(dataset);
        return dataset;
      }),
    findByHash: (name, hash) =>
      translated(async () => {
        const rows = await db
          .select()
          .from(datasets)
          .where(and(eq(datasets.name, name), eq(datasets.hash, hash)))
          .orderBy(datasets.version)
          .limit(1);
        return rows[0] ?? null;
      }),
    get: (id) =>
      translated(async () => {
        const rows = await db
          .select()
          .from(datasets)
          .where(versionOf(datasets, id))
          .orderBy(desc(datasets.version))
          .limit(1);
        return one(rows, unknown('dataset', id));
      }),
    list: () =>
      translated(() => db.select().from(datasets).orderBy(byCode(datasets.name), datasets.version)),
  };
}

export function createPromptRegistry(db: Database): PromptRegistry {
  return {
    register: (prompt) =>
      translated(() =>
        db.transaction(async (tx) => {
          validatePrompt(prompt);
          await lockName(tx, `prompts:${prompt.name}`);
          const hash = promptHashOf(prompt);
          const equal = await tx
            .select()
            .from(prompts)
            .where(and(eq(prompts.name, prompt.name), eq(prompts.hash, hash)));
          if (equal[0] !== undefined) return equal[0];
          const version = await nextVersion(tx, prompts, prompt.name);
          const { name, system, user, description, at: createdAt } = prompt;
          const id = versionedId(name, version);
          const row = { id, name, version, system, user, description, hash, createdAt };
          await tx.insert(prompts).values(row);
          return row;
        }),
      ),
    get: (id) =>
      translated(async () => {
        const rows = await db
          .select()
          .from(prompts)
          .where(versionOf(prompts, id))
          .orderBy(desc(prompts.version))
          .limit(1);
        return one(rows, unknown('prompt', id));
      }),
    list: () =>
      translated(() => db.select().from(prompts).orderBy(byCode(prompts.name), prompts.version)),
  };
}

export function createModelRegistry(db: Database): ModelRegistry {
  return {
    register: (name, spec, at, metrics = {}) =>
      translated(() =>
        db.transaction(async (tx) => {
          await lockName(tx, `models:${name}`);
          const hash = modelHashOf(spec);
          const equal = await tx
            .select()
            .from(models)
            .where(and(eq(models.name, name), eq(models.hash, hash)));
          if (equal[0] !== undefined) return equal[0];
          const version = await nextVersion(tx, models, name);
          const row = {
            ...spec,
            id: versionedId(name, version),
            name,
            version,
            metrics,
            hash,
            createdAt: at,
          };
          await tx.insert(models).values(row);
          return row;
        }),
      ),
    get: (id) =>
      translated(async () => {
        const rows = await db
          .select()
          .from(models)
          .where(versionOf(models, id))
          .orderBy(desc(models.version))
          .limit(1);
        return one(rows, unknown('model', id));
      }),
    list: () =>
      translated(() => db.select().from(models).orderBy(byCode(models.name), models.version)),
  };
}

export function createEvaluationRegistry(db: Database): EvaluationRegistry {
  return {
    add: (evaluation) =>
      translated(async () => {
        await db.insert(evaluations).values(evaluation);
      }),
    get: (id) =>
      translated(async () =>
        one(
          await db.select().from(evaluations).where(eq(evaluations.id, id)),
          unknown('evaluation', id),
        ),
      ),
    latest: (pairingId) =>
      translated(async () => {
        const rows = await db
          .select()
          .from(evaluations)
          .where(eq(evaluations.pairingId, pairingId))
          .orderBy(desc(evaluations.at), desc(evaluations.id))
          .limit(1);
        return rows[0] ?? null;
      }),
    list: () =>
      translated(() =>
        db.select().from(evaluations).orderBy(desc(evaluations.at), desc(evaluations.id)),
      ),
  };
}
