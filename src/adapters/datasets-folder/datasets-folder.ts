import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError } from '#domain/errors.ts';
import type { DatasetFile, DatasetStore, WrittenFile } from '#ports/dataset-store.ts';

export type DatasetsFolderOptions = {
  /** Folder that holds one folder a dataset; made when it is missing. */
  readonly folder: string;
};

const ID = /^[a-z0-9][a-z0-9-]*@v[1-9]\d*$/;
const NAME = /^[a-z0-9][a-z0-9-]*\.(?:jsonl|json)$/;
/** Temporary folders begin with a dot, which no id does. */
const temporaryPrefix = (id: string): string => `.${id}-`;

/** Datasets as folders of files: written beside their place, then renamed into it. */
export function createDatasetsFolder(options: DatasetsFolderOptions): DatasetStore {
  const base = resolve(options.folder);
  return {
    write: async (id, files, signal) => {
      requirePlain(id, files);
      const folder = join(base, id);
      const temporary = await writable(base, async () => {
        await mkdir(base, { recursive: true });
        return mkdtemp(join(base, temporaryPrefix(id)));
      });
      try {
        const written: WrittenFile[] = [];
        for (const file of files) {
          written.push(await writable(base, () => writeFile(temporary, file, signal)));
        }
        await writable(base, () => place(temporary, folder, written));
        return { folder, files: written };
      } finally {
        await rm(temporary, { recursive: true, force: true });
      }
    },
    read: (folder, name, signal) => readLines(base, resolve(folder), name, signal),
  };
}

function requirePlain(id: string, files: readonly DatasetFile[]): void {
  if (!ID.test(id)) {
    throw new AppError('invalid_input', `"${id}" names no dataset; write it like instruct@v1.`);
  }
  const names = files.map(({ name }) => name);
  const odd =
    names.find((name) => !NAME.test(name)) ?? names.find((n, at) => names.indexOf(n) < at);
  if (odd !== undefined || names.length === 0) {
    throw new AppError(
      'invalid_input',
      `dataset ${id} needs plain, different file names like train.jsonl, not "${odd ?? 'none'}".`,
    );
  }
}

/** Bytes gathered before they are written. */
const BATCH_BYTES = 65_536;

async function writeFile(
  folder: string,
  { name, lines }: DatasetFile,
  signal: AbortSignal,
): Promise<WrittenFile> {
  const hash = createHash('sha256');
  const file = await open(join(folder, name), 'wx');
  let rows = 0;
  let bytes = 0;
  let batch = '';
  const flush = async () => {
    signal.throwIfAborted();
    const content = Buffer.from(batch);
    batch = '';
    bytes += content.length;
    hash.update(content);
    await file.writeFile(content);
  };
  try {
    for (const line of lines) {
      if (line.includes('\n')) throw new RangeError(`a line of ${name} holds a newline`);
      rows += 1;
      batch += `${line}\n`;
      if (batch.length >= BATCH_BYTES) await flush();
    }
    await flush();
    // On the disk before the folder is renamed, so that no crash leaves an empty file in its place.
    await file.sync();
  } finally {
    await file.close();
  }
  return { name, rows, bytes, sha256: hash.digest('hex') };
}

async function place(
  temporary: string,
  folder: string,
  written: readonly WrittenFile[],
): Promise<void> {
  try {
    await rename(temporary, folder);
  } catch (cause) {
    if (!['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(codeOf(cause))) throw cause;
    if (await holds(folder, written)) return;
    throw new AppError(
      'already_exists',
      `${folder} holds another dataset. Build under the next version, or move the folder away.`,
      { cause },
    );
  }
}

async function holds(folder: string, written: readonly WrittenFile[]): Promise<boolean> {
  const names = await readdir(folder);
  if (names.length !== written.length) return false;
  for (const { name, sha256 } of written) {
    if (!names.includes(name)) return false;
    const hash = createHash('sha256');
    await pipeline(createReadStream(join(folder, name)), hash);
    if (hash.digest('hex') !== sha256) return false;
  }
  return true;
}

async function* readLines(
  base: string,
  folder: string,
  name: string,
  signal: AbortSignal,
): AsyncIterable<string> {
  const missing = (cause?: unknown) =>
    new AppError('not_found', `${join(folder, name)} is no file of a dataset in ${base}.`, {
      cause,
    });
  // A folder comes out of the registry and may be from another machine: nothing outside is read.
  if (dirname(folder) !== base || !NAME.test(name)) throw missing();
  const file = await open(join(folder, name), 'r').catch((cause: unknown) => {
    throw missing(cause);
  });
  try {
    const input = file.createReadStream({ encoding: 'utf8', autoClose: false });
    // Not readline, which takes U+2028 for the end of a line; JSON leaves it as it is.
    let rest = '';
    for await (const part of input) {
      signal.throwIfAborted();
      const lines = `${rest}${part}`.split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
    if (rest !== '') yield rest;
  } finally {
    await file.close();
  }
}

const codeOf = (thrown: unknown): string =>
  typeof thrown === 'object' && thrown !== null && 'code' in thrown ? String(thrown.code) : '';

const DENIED = new Set(['EACCES', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR', 'EEXIST', 'ELOOP']);

async function writable<T>(base: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof AppError || !DENIED.has(codeOf(cause))) throw cause;
    const why = cause instanceof Error ? cause.message : codeOf(cause);
    throw new AppError(
      'folder_unwritable',
      `datasets cannot be written to ${base}: ${why}. Free space there, or set another folder.`,
      { cause },
    );
  }
}
