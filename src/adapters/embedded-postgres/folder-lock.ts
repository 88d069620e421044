import { DatabaseSync } from 'node:sqlite';

/** Holds a lock until it is released or its process ends, however it ends. */
export type FolderLock = { release(): void };

/**
 * Takes an exclusive lock on a file, or says at once that another process has it. SQLite's own file
 * locks are used because the operating system drops them with the process: there is no stale lock
 * to recognise after a kill -9, and no race in taking one over.
 */
export function tryLock(file: string): FolderLock | null {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (thrown) {
    database.close();
    if (thrown instanceof Error && /locked|busy/i.test(thrown.message)) return null;
    throw thrown;
  }
  return { release: () => database.close() };
}

/** Whether some process holds the lock at this moment. */
export function isLocked(file: string): boolean {
  const lock = tryLock(file);
  lock?.release();
  return lock === null;
}
