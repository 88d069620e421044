import { type FileHandle, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '#domain/errors.ts';
import { sha256 } from '#domain/hash.ts';
import type { BlobStore } from '#ports/blob-store.ts';

export type FileBlobStoreOptions = {
  /** Made when it is missing. */
  readonly folder: string;
};

const KEY = /^[0-9a-f]{64}$/;
const TEMPORARY_NAMES_MAX = 10_000;

/**
 * Blobs as files `ab/cdef…` named by their hash. A file is written under a temporary name, synced
 * and renamed, so that a crash leaves a whole blob or none, and any number of processes may share
 * the folder. Rejects with `folder_unwritable` when it cannot write.
 */
export function createFileBlobStore({ folder }: FileBlobStoreOptions): BlobStore {
  const pathOf = (key: string) => join(folder, key.slice(0, 2), key.slice(2));
  return {
    async put(bytes) {
      const key = sha256(bytes);
      try {
        const path = pathOf(key);
        if ((await sizeOf(path)) !== bytes.byteLength) await writeWhole(path, bytes);
      } catch (cause) {
        throw unwritable(folder, cause);
      }
      return key;
    },
    async get(key) {
      if (!KEY.test(key)) throw unknown(key, folder);
      const bytes = await read(pathOf(key), key, folder);
      if (sha256(bytes) === key) return bytes;
      throw new AppError(
        'internal',
        `blob ${key} in ${folder} does not match its key; restore it from a copy or crawl again`,
      );
    },
    has: async (key) => KEY.test(key) && (await sizeOf(pathOf(key))) !== null,
  };
}

async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const { file, name } = await openTemporary(path);
  try {
    try {
      await file.writeFile(bytes);
      // Renaming before the bytes are on the disk could leave an empty blob after a power cut.
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(name, path);
  } catch (thrown) {
    await rm(name, { force: true });
    throw thrown;
  }
}

/** A name that nobody has, even where processes on several machines share one process id. */
async function openTemporary(path: string): Promise<{ file: FileHandle; name: string }> {
  for (let attempt = 0; attempt < TEMPORARY_NAMES_MAX; attempt += 1) {
    const name = `${path}.${process.pid}-${attempt}.tmp`;
    try {
      return { file: await open(name, 'wx'), name };
    } catch (thrown) {
      if (errnoOf(thrown) !== 'EEXIST') throw thrown;
    }
  }
  throw new AppError('folder_unwritable', `too many leftovers beside ${path}; delete *.tmp there`);
}

async function read(path: string, key: string, folder: string): Promise<Uint8Array> {
  try {
    const { buffer, byteOffset, byteLength } = await readFile(path);
    return new Uint8Array(buffer, byteOffset, byteLength);
  } catch (cause) {
    if (isMissing(cause)) throw unknown(key, folder);
    throw new AppError('internal', `blob ${key} in ${folder} cannot be read; check its owner`, {
      cause,
    });
  }
}

/** `null` when there is no such file. */
async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (thrown) {
    if (isMissing(thrown)) return null;
    throw thrown;
  }
}

const errnoOf = (thrown: unknown) =>
  thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
const isMissing = (thrown: unknown) => ['ENOENT', 'ENOTDIR'].includes(String(errnoOf(thrown)));

const unknown = (key: string, folder: string) =>
  new AppError('not_found', `there is no blob "${key}" in ${folder}; check the key`);

function unwritable(folder: string, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const reason = String(errnoOf(cause) ?? cause);
  const message = `cannot write blobs to ${folder} (${reason}); check its owner and free space`;
  return new AppError('folder_unwritable', message, { cause });
}
