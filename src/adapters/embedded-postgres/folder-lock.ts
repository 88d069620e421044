import { DatabaseSync } from 'node:sqlite';
import { AppError } from '#domain/errors.ts';

/** Holds a lock until it is released or its process ends, however it ends. */
export type FolderLock = { release(): void };

/** A connection that nobody refers to is collected, and its lock is gone. */
const held = new Set<DatabaseSync>();

/**
 * Takes an exclusive lock on a file, or says that another process has it, after `waitMs` (0: at
 * once). SQLite's own file locks are used because the operating system drops them with the process:
 * there is no stale lock to recognise after a kill -9, and no race in taking one over. Throws
 * `folder_unwritable` when the file cannot be opened, or is not one of ours.
 */
export function tryLock(file: string, waitMs = 0): FolderLock | null {
  const database = begin(file, waitMs, 'BEGIN EXCLUSIVE');
  if (database === null) return null;
  held.add(database);
  const release = () => {
    if (held.delete(database)) database.close();
  };
  return { release };
}

/**
 * Whether some process holds the lock at this moment. Those who look share their look, so that none
 * takes another for the holder. Throws as `tryLock` does.
 */
export function isLocked(file: string): boolean {
  const shared = begin(file, 0, 'BEGIN; SELECT count(*) FROM sqlite_schema');
  shared?.close();
  return shared === null;
}

function begin(file: string, waitMs: number, statement: string): DatabaseSync | null {
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(file, { timeout: waitMs });
    database.exec(statement);
    return database;
  } catch (cause) {
    database?.close();
    const message = cause instanceof Error ? cause.message : String(cause);
    if (/locked|busy/i.test(message)) return null;
    throw new AppError(
      'folder_unwritable',
      `${file} cannot be locked: ${message}. Make its folder writable; a file that is not a lock ` +
        'may be deleted while no lockstep command runs.',
      { cause, param: '--data' },
    );
  }
}
