import { type ExecFileException, execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { buildSite } from '../../../scripts/sample-site/build-site.ts';

// Programs of their own, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000 });

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sample-'));
  cpSync('datasets/sample', folder, { recursive: true });
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

type Ended = { readonly code: unknown; readonly said: string; readonly complaint: string };

const build = (...parameters: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const command = ['scripts/sample-site/build.ts', ...parameters];
    execFile(process.execPath, command, (error: ExecFileException | null, said, complaint) =>
      resolve({ code: error?.code ?? 0, said, complaint }),
    );
  });

const post = (slug: string) => join(folder, 'posts', `${slug}.md`);
const edit = (file: string, change: (text: string) => string) =>
  writeFileSync(file, change(readFileSync(file, 'utf8')));

it('finds a difference, names it, writes nothing; and the build takes it away', async () => {
  edit(post('a-schema-for-documents'), (text) => `${text}\nAnd so on.\n`);
  const left = join(folder, 'site', 'posts', 'left', 'over.html');
  cpSync(join(folder, 'site', '404.html'), left);
  rmSync(join(folder, 'golden.jsonl'));

  const found = await build('--check', '--folder', folder);
  expect(found.code).toBe(1);
  const page = 'site/posts/a-schema-for-documents/index.html';
  for (const file of [page, 'site/posts/left/over.html', 'golden.jsonl', 'site/feed.xml']) {
    expect(found.complaint.split('\n')).toContain(file);
  }
  expect(found.complaint.split('\n')).not.toContain('site/posts/the-3am-reindex/index.html');
  expect(existsSync(left)).toBe(true);

  expect(await build('--folder', folder)).toMatchObject({ code: 0, complaint: '' });
  expect(existsSync(left)).toBe(false);
  expect(readFileSync(join(folder, page), 'utf8')).toContain('And so on.');
  expect(await build('--check', '--folder', folder)).toMatchObject({ code: 0, complaint: '' });
});

it('builds a folder that has no site yet as one that has', async () => {
  rmSync(join(folder, 'site'), { recursive: true });
  expect((await build('--check', '--folder', folder)).code).toBe(1);
  expect(existsSync(join(folder, 'site'))).toBe(false);
  expect((await build('--folder', folder)).code).toBe(0);
  const file = join('site', 'feed.xml');
  expect(readFileSync(join(folder, file))).toEqual(readFileSync(join('datasets/sample', file)));
});

it('ends with 1 on a fault, says what it is, and leaves the site as it was', async () => {
  const before = readFileSync(join(folder, 'site', 'feed.xml'));
  edit(post('the-3am-reindex'), (text) => `${text}\n[x](/posts/nowhere/)\n`);
  const { code, complaint } = await build('--folder', folder);
  expect(code).toBe(1);
  expect(complaint).toBe(
    '/posts/the-3am-reindex/ links to /posts/nowhere/, which does not exist\n',
  );
  expect(readFileSync(join(folder, 'site', 'feed.xml'))).toEqual(before);
});

it.each([
  ['front matter cut short', (text: string) => text.replace(/^lang: .*\n/m, ''), /^.*md: .*lang/s],
  [
    'the loss of a link that an awkwardness needs',
    (text: string) => text.replaceAll('/posts/rollback-in-a-minute/', '/archive/'),
    /not all of the-3am-reindex/,
  ],
])('fails on %s', async (_, change, named) => {
  edit(post('the-3am-reindex'), change);
  await expect(buildSite(folder)).rejects.toThrow(named);
});

it('names a post that an awkwardness needs and that is gone', async () => {
  rmSync(post('a-field-guide-to-rag-failures'));
  await expect(buildSite(folder)).rejects.toThrow('a-field-guide-to-rag-failures.md');
});

it('names the line of a faulty question', async () => {
  edit(join(folder, 'questions-b.jsonl'), (text) => text.replace('"kind":"fact"', '"kind":"tale"'));
  await expect(buildSite(folder)).rejects.toThrow(/^questions-b\.jsonl:\d+: /);
});

it('ends with 2 on an option that it does not know', async () => {
  expect(await build('--nope')).toMatchObject({ code: 2, said: '' });
});
