import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requireWritable, writeText } from '#cli/text-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-file-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('writeText', () => {
  it('writes a file, and puts a new one in its place', async () => {
    const path = join(folder, 'report.html');
    await writeText(path, 'one, a longer text', '--report');
    await writeText(path, 'two', '--report');
    expect(readFileSync(path, 'utf8')).toBe('two');
    expect(readdirSync(folder)).toEqual(['report.html']);
  });

  it('writes to what is no file as it is', async () => {
    await writeText('/dev/null', 'text', '--report');
    expect(existsSync('/dev/null.part')).toBe(false);
  });
});

describe.each([
  ['requireWritable', (path: string) => requireWritable(path, '--report')],
  ['writeText', (path: string) => writeText(path, 'text', '--report')],
])('%s', (_, attempt) => {
  const refusal = (path: string) =>
    attempt(path).then(
      () => ({ code: 'none', message: '', param: null }),
      (thrown: { code: string; message: string; param: string | null }) => thrown,
    );

  it('names the folder that is not there, and what to do', async () => {
    const { code, message, param } = await refusal(join(folder, 'no', 'report.html'));
    expect([code, param]).toEqual(['folder_unwritable', '--report']);
    expect(message).toContain(`there is no folder ${join(folder, 'no')}; make it`);
  });

  it('says that the path is a folder, or leads through a file', async () => {
    mkdirSync(join(folder, 'sub'));
    writeFileSync(join(folder, 'file'), '');
    expect((await refusal(join(folder, 'sub'))).message).toContain('it is a folder; name a file');
    const { code, message } = await refusal(join(folder, 'file', 'report.html'));
    expect(code).toBe('folder_unwritable');
    expect(message).toContain('is no folder; name a file in one');
    expect(readdirSync(folder).sort()).toEqual(['file', 'sub']);
  });
});

describe('requireWritable', () => {
  it('leaves things as they are', async () => {
    const path = join(folder, 'report.html');
    await requireWritable(path, '--report');
    expect(readdirSync(folder)).toEqual([]);
    writeFileSync(path, 'kept');
    await requireWritable(path, '--report');
    expect(readFileSync(path, 'utf8')).toBe('kept');
  });
});
