import { open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { AppError } from '#domain/errors.ts';

/**
 * Rejects with `folder_unwritable` when no file can be written at the path, so that nobody waits an
 * hour to be told. Leaves things as they are.
 */
export async function requireWritable(path: string, param: string): Promise<void> {
  const wasThere = await exists(path);
  try {
    await (await open(path, 'a')).close();
    if (!wasThere) await rm(path, { force: true });
  } catch (cause) {
    throw await unwritable(path, param, cause);
  }
}

/** Writes a file as a whole or not at all, in place of what is there. */
export async function writeText(path: string, text: string, param: string): Promise<void> {
  const draft = `${path}.part`;
  try {
    if (await isSpecial(path)) return await writeFile(path, text);
    await writeFile(draft, text);
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw await unwritable(path, param, cause);
  }
}

const exists = async (path: string): Promise<boolean> => (await look(path)) !== null;

/** A device or a pipe, such as `/dev/stdout`, is written to, not replaced. */
const isSpecial = async (path: string): Promise<boolean> => {
  const found = await look(path);
  return found !== null && !found.isFile() && !found.isDirectory();
};

const look = (path: string) => stat(path).catch(() => null);

const codeOf = (cause: unknown): string =>
  cause instanceof Error && 'code' in cause ? String(cause.code) : '';

async function unwritable(path: string, param: string, cause: unknown): Promise<AppError> {
  const folder = dirname(resolve(path));
  const reason = await reasonOf({ path, folder, code: codeOf(cause), cause });
  return new AppError('folder_unwritable', `${path} cannot be written: ${reason}`, {
    param,
    cause,
  });
}

type Fault = {
  readonly path: string;
  readonly folder: string;
  readonly code: string;
  readonly cause: unknown;
};

async function reasonOf({ path, folder, code, cause }: Fault): Promise<string> {
  const found = await look(folder);
  if (found === null) return `there is no folder ${folder}; make it, or name another file.`;
  if (!found.isDirectory()) return `${folder} is no folder; name a file in one.`;
  if ((await look(path))?.isDirectory() === true) return 'it is a folder; name a file in it.';
  if (code === 'EACCES' || code === 'EPERM') {
    return `you may not write in ${folder}; change its permissions, or name a file elsewhere.`;
  }
  if (code === 'EROFS') return `${folder} is read-only; name a file elsewhere.`;
  if (code === 'ENOSPC')
    return `the disk of ${folder} is full; make room, or name a file elsewhere.`;
  const said = cause instanceof Error ? cause.message : String(cause);
  return `${said}; name another file.`;
}
