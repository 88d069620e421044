import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createFileBlobStore } from '#adapters/blobs/file-blob-store.ts';
import { sha256 } from '#domain/hash.ts';
import { blobStoreContract } from '../../contracts/blob-store.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'blobs-'));
  undo.push(() => rmSync(folder, { recursive: true }));
  return folder;
}

const fileOf = (folder: string, key: string) => join(folder, key.slice(0, 2), key.slice(2));
const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
const bytes = new TextEncoder().encode('one blob');
const key = sha256(bytes);

describe('file blob store', () => {
  blobStoreContract(() => createFileBlobStore({ folder: join(emptyFolder(), 'not', 'yet') }));
});

describe('the folder', () => {
  it('holds one file a blob, fanned out by its hash, and nothing else', async () => {
    const folder = emptyFolder();
    const blobs = createFileBlobStore({ folder });
    await Promise.all([blobs.put(bytes), blobs.put(bytes), blobs.put(bytes)]);
    expect(filesIn(folder)).toHaveLength(1);
    expect(readFileSync(fileOf(folder, key), 'utf8')).toBe('one blob');
  });

  it('is taken up again by another store', async () => {
    const folder = emptyFolder();
    await createFileBlobStore({ folder }).put(bytes);
    expect(await createFileBlobStore({ folder }).get(key)).toEqual(bytes);
  });

  it('is not hurt by what a killed process left', async () => {
    const folder = emptyFolder();
    const leftover = `${fileOf(folder, key)}.${process.pid}-0.tmp`;
    mkdirSync(dirname(leftover));
    writeFileSync(leftover, 'one b');
    const blobs = createFileBlobStore({ folder });
    expect(await blobs.has(key)).toBe(false);
    await blobs.put(bytes);
    expect(await blobs.get(key)).toEqual(bytes);
    expect(readFileSync(leftover, 'utf8')).toBe('one b');
  });

  it('holds whole blobs only, at whatever moment its writer is killed', async () => {
    const folder = emptyFolder();
    const writer = fork(join(import.meta.dirname, 'endless-writer.ts'), [folder], {
      execPath: process.execPath,
      execArgv: [],
    });
    await once(writer, 'message');
    writer.kill('SIGKILL');
    await once(writer, 'exit');
    const blobs = createFileBlobStore({ folder });
    const stored = filesIn(folder).filter(({ name }) => !name.endsWith('.tmp'));
    expect(stored.length).toBeGreaterThan(0);
    for (const { parentPath, name } of stored) {
      const whole = await blobs.get(`${parentPath.slice(-2)}${name}`);
      expect(whole.byteLength).toBe(300_000);
    }
  });
});

describe('damage', () => {
  it.each([
    ['other bytes of the same length', 'one b10b'],
    ['fewer bytes', 'one'],
    ['no bytes', ''],
  ])('is noticed on reading: %s', async (_, damaged) => {
    const folder = emptyFolder();
    const blobs = createFileBlobStore({ folder });
    await blobs.put(bytes);
    writeFileSync(fileOf(folder, key), damaged);
    await expect(blobs.get(key)).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining(key),
    });
  });

  it('of a file that was cut off is mended by storing again', async () => {
    const folder = emptyFolder();
    const blobs = createFileBlobStore({ folder });
    await blobs.put(bytes);
    writeFileSync(fileOf(folder, key), 'one');
    await blobs.put(bytes);
    expect(await blobs.get(key)).toEqual(bytes);
  });
});

describe('a folder that cannot be written', () => {
  it('is named, with the remedy', async () => {
    const file = join(emptyFolder(), 'a-file');
    writeFileSync(file, '');
    const blobs = createFileBlobStore({ folder: file });
    await expect(blobs.put(bytes)).rejects.toMatchObject({
      code: 'folder_unwritable',
      message: expect.stringMatching(`${file}.*ENOTDIR.*check its owner`),
    });
    expect(await blobs.has(key)).toBe(false);
  });

  it('is left without a temporary file', async () => {
    const folder = emptyFolder();
    // A folder in the blob's place: the bytes can be written, the name cannot be taken.
    mkdirSync(join(fileOf(folder, key), 'inside'), { recursive: true });
    const blobs = createFileBlobStore({ folder });
    await expect(blobs.put(bytes)).rejects.toMatchObject({ code: 'folder_unwritable' });
    expect(filesIn(folder)).toEqual([]);
  });
});
