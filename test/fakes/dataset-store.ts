import { AppError } from '#domain/errors.ts';
import { sha256 } from '#domain/hash.ts';
import type { DatasetStore } from '#ports/dataset-store.ts';

/** Files in memory. `folders` holds their lines, for tests that look at or tamper with them. */
export function createDatasetStoreInMemory() {
  const folders = new Map<string, Map<string, readonly string[]>>();
  const store: DatasetStore = {
    async write(id, files, signal) {
      const names = files.map(({ name }) => name);
      if (!/^[a-z0-9-]+@v\d+$/.test(id) || new Set(names).size < Math.max(1, names.length)) {
        throw new AppError('invalid_input', `${id} or one of its names is not plain`);
      }
      if (names.some((name) => !/^[a-z0-9-]+\.jsonl?$/.test(name))) {
        throw new AppError('invalid_input', 'a name is not plain');
      }
      signal.throwIfAborted();
      const given = new Map(files.map(({ name, lines }) => [name, [...lines]]));
      const held = folders.get(id);
      if (held !== undefined && JSON.stringify([...held]) !== JSON.stringify([...given])) {
        throw new AppError('already_exists', `${id} holds another dataset`);
      }
      folders.set(id, given);
      const written = [...given].map(([name, lines]) => {
        const content = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        return { name, rows: lines.length, bytes: content.length, sha256: sha256(content) };
      });
      return { folder: id, files: written };
    },
    async *read(folder, name, signal) {
      const lines = folders.get(folder)?.get(name);
      if (lines === undefined) throw new AppError('not_found', `there is no ${name} in ${folder}`);
      for (const line of lines) {
        signal.throwIfAborted();
        yield line;
      }
    },
  };
  return { store, folders };
}
