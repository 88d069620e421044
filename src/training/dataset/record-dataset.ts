import type { Dataset } from '#domain/dataset.ts';
import { AppError } from '#domain/errors.ts';
import { versionedId } from '#domain/feature-view.ts';
import { sha256 } from '#domain/hash.ts';
import type { DatasetStore } from '#ports/dataset-store.ts';
import type { Clock } from '#ports/system.ts';
import type { DatasetRegistry } from '#ports/training-registry.ts';
import { type Contents, manifestFile } from './dataset-files.ts';

export type RecordDeps = {
  readonly datasets: DatasetRegistry;
  readonly store: DatasetStore;
  readonly clock: Clock;
};

/** Versions tried when others take them at the same time, or a crash left their folder behind. */
const ATTEMPTS_MAX = 20;

/** Files first, then the registry: a dataset that is registered has its files. */
export async function recordDataset(
  deps: RecordDeps,
  name: string,
  contents: Contents,
  signal: AbortSignal,
): Promise<{ readonly dataset: Dataset; readonly isNew: boolean }> {
  let version = 0;
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    signal.throwIfAborted();
    const equal = await deps.datasets.findByHash(name, contents.hash);
    if (equal !== null) {
      await restoreFiles(deps.store, equal, contents, signal);
      return { dataset: equal, isNew: false };
    }
    version = Math.max(version + 1, await deps.datasets.nextVersion(name));
    try {
      return { dataset: await add(deps, { name, version, contents, signal }), isNew: true };
    } catch (thrown) {
      if (!(thrown instanceof AppError && thrown.code === 'already_exists')) throw thrown;
    }
  }
  throw new AppError(
    'already_exists',
    `${ATTEMPTS_MAX} versions of dataset ${name} were taken in a row; remove the folders that ` +
      'lockstep dataset list does not name, and build again.',
  );
}

type Version = {
  readonly name: string;
  readonly version: number;
  readonly contents: Contents;
  readonly signal: AbortSignal;
};

async function add(deps: RecordDeps, { name, version, contents, signal }: Version) {
  const id = versionedId(name, version);
  const manifest = { ...contents.manifest, id };
  const files = [...contents.files, manifestFile(manifest)];
  const { folder } = await deps.store.write(id, files, signal);
  return deps.datasets.add({
    ...{ id, name, version, manifest, folder },
    kind: manifest.kind,
    snapshotId: manifest.snapshotId,
    hash: contents.hash,
    createdAt: deps.clock.now(),
  });
}

/** Writes the files of a registered dataset again when they are gone; refuses altered ones. */
async function restoreFiles(
  store: DatasetStore,
  dataset: Dataset,
  contents: Contents,
  signal: AbortSignal,
): Promise<void> {
  for (const { file, sha256: expected } of dataset.manifest.splits) {
    const found = await textOf(store, dataset.folder, file, signal);
    if (found === null) {
      await store.write(dataset.id, [...contents.files, manifestFile(dataset.manifest)], signal);
      return;
    }
    if (sha256(found) !== expected) {
      throw new AppError(
        'history_broken',
        `${file} of ${dataset.id} in ${dataset.folder} was changed after it was built. ` +
          'Move the folder away and build again to restore it.',
      );
    }
  }
}

async function textOf(store: DatasetStore, folder: string, file: string, signal: AbortSignal) {
  try {
    let text = '';
    for await (const line of store.read(folder, file, signal)) text += `${line}\n`;
    return text;
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'not_found') return null;
    throw thrown;
  }
}
