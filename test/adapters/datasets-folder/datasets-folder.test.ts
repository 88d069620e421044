import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatasetsFolder } from '#adapters/datasets-folder/datasets-folder.ts';
import { datasetStoreContract, linesOf } from '../../contracts/dataset-store.ts';

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'datasets-folder-'));
});
afterAll(() => rm(root, { recursive: true }));

const never = () => new AbortController().signal;
const files = [{ name: 'train.jsonl', lines: ['{}'] }];

describe('a folder of datasets', () => {
  datasetStoreContract(async () =>
    createDatasetsFolder({ folder: join(await mkdtemp(join(root, 'contract-')), 'made', 'here') }),
  );

  it('writes plain files under the id, and leaves nothing else behind', async () => {
    const folder = join(root, 'plain');
    const written = await createDatasetsFolder({ folder }).write('faq@v2', files, never());
    expect(written.folder).toBe(join(folder, 'faq@v2'));
    expect(await readFile(join(folder, 'faq@v2', 'train.jsonl'), 'utf8')).toBe('{}\n');
    expect(await readdir(folder)).toEqual(['faq@v2']);
  });

  it('reads what an earlier one wrote', async () => {
    const folder = join(root, 'earlier');
    const written = await createDatasetsFolder({ folder }).write('faq@v1', files, never());
    const later = createDatasetsFolder({ folder });
    expect(await linesOf(later.read(written.folder, 'train.jsonl', never()))).toEqual(['{}']);
  });

  it('leaves no half dataset when a line fails, or it is cancelled on the way', async () => {
    const folder = join(root, 'half');
    const store = createDatasetsFolder({ folder });
    const stop = new AbortController();
    function* broken() {
      yield '{}';
      throw new RangeError('no such line');
    }
    function* endless() {
      for (let at = 0; ; at += 1) {
        if (at === 1_000) stop.abort();
        yield '{}';
      }
    }
    const writing = (lines: Iterable<string>) =>
      store.write('faq@v1', [...files, { name: 'test.jsonl', lines }], stop.signal);
    await expect(writing(broken())).rejects.toThrow('no such line');
    await expect(writing(['two\nlines'])).rejects.toThrow('test.jsonl holds a newline');
    await expect(writing(endless())).rejects.toMatchObject({ name: 'AbortError' });
    expect(await readdir(folder)).toEqual([]);
  });

  it('refuses a folder that somebody filled by hand, and leaves it alone', async () => {
    const folder = join(root, 'by-hand');
    await mkdir(join(folder, 'faq@v1'), { recursive: true });
    await writeFile(join(folder, 'faq@v1', 'train.jsonl'), 'mine\n');
    const writing = createDatasetsFolder({ folder }).write('faq@v1', files, never());
    await expect(writing).rejects.toMatchObject({
      code: 'already_exists',
      message: expect.stringContaining(join(folder, 'faq@v1')),
    });
    expect(await readFile(join(folder, 'faq@v1', 'train.jsonl'), 'utf8')).toBe('mine\n');
  });

  it('names the folder that cannot be written', async () => {
    const blocked = join(root, 'blocked');
    await writeFile(blocked, 'a file');
    for (const folder of [blocked, join(blocked, 'below')]) {
      const writing = createDatasetsFolder({ folder }).write('faq@v1', files, never());
      await expect(writing).rejects.toMatchObject({
        code: 'folder_unwritable',
        message: expect.stringContaining(folder),
      });
    }
  });

  it('reads nothing outside its folder', async () => {
    const outside = join(root, 'outside');
    await mkdir(outside);
    await writeFile(join(outside, 'train.jsonl'), 'secret\n');
    const store = createDatasetsFolder({ folder: join(root, 'inside') });
    for (const folder of [outside, join(root, 'inside', '..', 'outside'), root]) {
      const reading = linesOf(store.read(folder, 'train.jsonl', never()));
      await expect(reading).rejects.toMatchObject({ code: 'not_found' });
    }
  });

  it('is not stopped by the leftovers of a write that was killed', async () => {
    const folder = join(root, 'killed');
    await mkdir(join(folder, '.faq@v1-abc123'), { recursive: true });
    await createDatasetsFolder({ folder }).write('faq@v1', files, never());
    expect(await readdir(join(folder, 'faq@v1'))).toEqual(['train.jsonl']);
  });
});
