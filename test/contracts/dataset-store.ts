import fc from 'fast-check';
import { beforeEach, expect, it } from 'vitest';
import { sha256 } from '#domain/hash.ts';
import type { DatasetFile, DatasetStore } from '#ports/dataset-store.ts';

const never = () => new AbortController().signal;

/** All that an iteration gives. */
export async function linesOf(lines: AsyncIterable<string>): Promise<readonly string[]> {
  const read: string[] = [];
  for await (const line of lines) read.push(line);
  return read;
}

/** What every `DatasetStore` promises. `make` gives an empty store. */
export function datasetStoreContract(make: () => DatasetStore | Promise<DatasetStore>): void {
  let store: DatasetStore;
  beforeEach(async () => {
    store = await make();
  });
  const readAll = (folder: string, name: string) => linesOf(store.read(folder, name, never()));
  const files: readonly DatasetFile[] = [
    { name: 'train.jsonl', lines: ['{"a":1}', '{"a":2}'] },
    { name: 'test.jsonl', lines: [] },
    { name: 'manifest.json', lines: ['{', '}'] },
  ];

  it('gives back the lines it was given, and what it wrote of them', async () => {
    let version = 0;
    const line = fc
      .string({
        unit: fc.oneof(fc.string({ minLength: 1, unit: 'grapheme' }), fc.constant('\u2028')),
      })
      .map((text) => JSON.stringify(text));
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 30 }), async (lines) => {
        version += 1;
        const name = 'train.jsonl';
        const written = await store.write(`set@v${version}`, [{ name, lines }], never());
        const content = Buffer.from(lines.map((text) => `${text}\n`).join(''));
        expect(written.files).toEqual([
          { name, rows: lines.length, bytes: content.length, sha256: sha256(content) },
        ]);
        expect(await readAll(written.folder, name)).toEqual(lines);
      }),
      { numRuns: 30 },
    );
  });

  it('takes lines one by one, and more than fit into one read', async () => {
    function* lines() {
      for (let at = 0; at < 5_000; at += 1) yield `{"row":${at},"text":"${'ü€😀'.repeat(8)}"}`;
    }
    const { folder, files: written } = await store.write(
      'set@v1',
      [{ name: 'train.jsonl', lines: lines() }],
      never(),
    );
    expect(written[0]?.rows).toBe(5_000);
    expect(await readAll(folder, 'train.jsonl')).toEqual([...lines()]);
  });

  it('keeps all files of a dataset, empty ones too', async () => {
    const { folder, files: written } = await store.write('set@v1', files, never());
    expect(written.map(({ name, rows }) => [name, rows])).toEqual([
      ['train.jsonl', 2],
      ['test.jsonl', 0],
      ['manifest.json', 2],
    ]);
    for (const { name, lines } of files) expect(await readAll(folder, name)).toEqual([...lines]);
  });

  it('changes nothing for the same files again, and refuses others under the same id', async () => {
    const first = await store.write('set@v1', files, never());
    expect(await store.write('set@v1', files, never())).toEqual(first);
    for (const others of [
      files.slice(1),
      [...files, { name: 'more.jsonl', lines: [] }],
      files.map((file) => ({ ...file, lines: ['{"a":3}'] })),
    ]) {
      await expect(store.write('set@v1', others, never())).rejects.toMatchObject({
        code: 'already_exists',
      });
    }
    expect(await readAll(first.folder, 'train.jsonl')).toEqual(['{"a":1}', '{"a":2}']);
  });

  it('lets one of several writers win, whole', async () => {
    const outcomes = await Promise.allSettled(
      ['x', 'y', 'z'].map((text) =>
        store.write(
          'set@v1',
          files.map(({ name }) => ({ name, lines: [text] })),
          never(),
        ),
      ),
    );
    const won = outcomes.flatMap((end) => (end.status === 'fulfilled' ? [end.value.folder] : []));
    expect(won).toHaveLength(1);
    const texts = await Promise.all(files.map(({ name }) => readAll(won[0] ?? '', name)));
    expect(new Set(texts.flat()).size).toBe(1);
  });

  it.each(['', 'set', '../set@v1', 'a/b@v1', '.set@v1', 'Set@v1'])(
    'refuses the id %j',
    async (id) => {
      await expect(store.write(id, files, never())).rejects.toMatchObject({
        code: 'invalid_input',
      });
    },
  );

  it.each([
    ['no file', []],
    ['a path', [{ name: '../train.jsonl', lines: [] }]],
    ['another ending', [{ name: 'train.sh', lines: [] }]],
    ['one name twice', [files[0], files[0]].filter((file) => file !== undefined)],
  ])('refuses %s', async (_, wrong) => {
    await expect(store.write('set@v1', wrong, never())).rejects.toMatchObject({
      code: 'invalid_input',
    });
  });

  it('has no file that was not written', async () => {
    const { folder } = await store.write('set@v1', files, never());
    for (const [where, name] of [
      [folder, 'validation.jsonl'],
      [folder, '../set@v1/train.jsonl'],
      [`${folder}-other`, 'train.jsonl'],
    ] as const) {
      await expect(readAll(where, name)).rejects.toMatchObject({ code: 'not_found' });
    }
  });

  it('writes nothing when it is cancelled', async () => {
    await expect(store.write('set@v1', files, AbortSignal.abort())).rejects.toThrow();
    const { folder } = await store.write('set@v1', files.slice(1), never());
    await expect(readAll(folder, 'train.jsonl')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('stops reading when it is cancelled', async () => {
    const { folder } = await store.write('set@v1', files, never());
    const reading = linesOf(store.read(folder, 'train.jsonl', AbortSignal.abort()));
    await expect(reading).rejects.toThrow();
  });
}
