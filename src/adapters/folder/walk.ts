import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#domain/errors.ts';
import { failureOf } from './failure.ts';
import { isPassedOver, pageTypeOf } from './page-types.ts';

export type WalkLimits = {
  /** Pages of one folder. */
  readonly pagesMax: number;
  /** Files and folders that are looked at. */
  readonly entriesMax: number;
};

/**
 * Paths of all pages below a folder. Links are not followed: what they lead to within the folder is
 * there without them, and the rest is not of the folder. A folder below that cannot be read rejects:
 * without its pages, they would pass for gone.
 */
export async function walk(
  root: string,
  { pagesMax, entriesMax }: WalkLimits,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const pages: string[] = [];
  const folders = [root];
  let entries = 0;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    signal.throwIfAborted();
    for (const entry of await read(folder)) {
      entries += 1;
      if (entries > entriesMax) throw tooMany(root, `${entriesMax} files and folders`);
      if (isPassedOver(entry.name)) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile() && pageTypeOf(entry.name) !== null) pages.push(path);
    }
    if (pages.length > pagesMax) throw tooMany(root, `${pagesMax} pages`);
  }
  return pages;
}

async function read(folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    const { code, message, retryable } = failureOf(cause, folder);
    throw new AppError(code, message, { retryable, cause, param: 'source' });
  }
}

const tooMany = (root: string, what: string): AppError =>
  new AppError('too_large', `${root} holds more than ${what}; add the folders in it one by one`, {
    param: 'source',
  });
