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
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(file, { timeout: waitMs });
    const locked = database;
    locked.exec('BEGIN EXCLUSIVE');
    held.add(locked);
    const release = () => {
      if (held.delete(locked)) locked.close();
    };
    return { release };
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

/** Whether some process holds the lock at this moment. Looking takes the lock for an instant. */
export function isLocked(file: string): boolean {
  const lock = tryLock(file);
  lock?.release();
  return lock === null;
}
