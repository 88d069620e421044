import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { createPageReader, type PageReaderOptions } from '#adapters/page-reader/page-reader.ts';
import { systemClock } from '#adapters/system/system.ts';
import { extractPage } from '#features/extract/extract.ts';
import { pageReaderContract } from '../../contracts/page-reader.ts';
import { createFakeClock } from '../../fakes/clock.ts';
import { GIVEN_UP, READ_ON } from '../../features/extract/hostile-pages.ts';
import { rawPage } from '../../features/raw-page.ts';

const EXTRACTION = new URL('../../../src/features/extract/extract-worker.ts', import.meta.url);
const ODD = new URL('./odd-worker.ts', import.meta.url);

const BOUNDS = { workersMax: 2, timeMsMax: 60_000, memoryMbMax: 256, clock: systemClock };
const open: { close(): Promise<void> }[] = [];
afterEach(() => Promise.all(open.splice(0).map((reader) => reader.close())));

function create(options: Partial<PageReaderOptions> = {}) {
  const reader = createPageReader({ entry: ODD, ...BOUNDS, ...options });
  open.push(reader);
  const read = (path: string, signal = new AbortController().signal) =>
    reader.read(rawPage('', { url: `https://blog.example${path}` }), signal);
  const threadOf = async (path = '/') =>
    Number(/\d+/.exec((await read(path)).malformed ?? '')?.[0]);
  return { reader, read, threadOf };
}

describe('in threads', () =>
  pageReaderContract(() => {
    const reader = createPageReader({ entry: EXTRACTION, ...BOUNDS });
    return { reader, close: reader.close };
  }));

it('gives what extraction gives', async () => {
  const { reader } = create({ entry: EXTRACTION });
  const pages = [...GIVEN_UP, ...READ_ON].filter(([name]) => /dots|links|deep lists/.test(name));
  expect(pages).toHaveLength(3);
  for (const [, html] of pages) {
    const page = rawPage(html());
    const read = await reader.read(page, new AbortController().signal);
    expect(read).toEqual(extractPage(page));
  }
});

describe('threads', () => {
  it('are used again, and no more than may be', async () => {
    const { threadOf } = create();
    const threads = await Promise.all(Array.from({ length: 20 }, () => threadOf()));
    expect(new Set(threads).size).toBe(2);
    expect(threads).toContain(await threadOf());
  });

  it('take pages in the order in which they were asked for', async () => {
    const { read } = create({ workersMax: 1 });
    const done: number[] = [];
    const asked = Array.from({ length: 10 }, (_, at) => read('/').then(() => done.push(at)));
    await Promise.all(asked);
    expect(done).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('do not keep a program from its end', async () => {
    const program = `
      import { createPageReader } from '#adapters/page-reader/page-reader.ts';
      import { systemClock as clock } from '#adapters/system/system.ts';
      const bounds = { workersMax: 1, timeMsMax: 60_000, memoryMbMax: 256, clock };
      const reader = createPageReader({ entry: new URL(${JSON.stringify(EXTRACTION.href)}), ...bounds });
      const page = { url: 'https://a.example/', body: new Uint8Array(), contentType: '' };
      await reader.read({ ...page, robotsTag: '' }, new AbortController().signal);
      process.stdout.write('read');`;
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
    expect((await run).stdout).toBe('read');
  });
});

describe('a page that takes too long', () => {
  it('is given up, and its thread replaced', async () => {
    const clock = createFakeClock();
    const { read, threadOf } = create({ clock, workersMax: 1, timeMsMax: 10_000 });
    const before = await threadOf();
    const page = read('/endless');
    await clock.whenSleeping((ms) => ms === 10_000);
    await clock.advance(9_999);
    await clock.advance(1);
    expect(await page).toMatchObject({
      url: 'https://blog.example/endless',
      malformed: 'reading it takes longer than 10 s',
      markdown: '',
      links: [],
    });
    expect(await threadOf()).not.toBe(before);
    expect(clock.sleeping()).toBe(0);
  });

  it('holds up no other', async () => {
    const clock = createFakeClock();
    const { read } = create({ clock });
    const page = read('/endless');
    const others = await Promise.all([read('/a'), read('/b'), read('/c')]);
    expect(others.map(({ url }) => url.at(-1))).toEqual(['a', 'b', 'c']);
    await clock.whenSleeping((ms) => ms === BOUNDS.timeMsMax);
    await clock.advance(BOUNDS.timeMsMax);
    expect((await page).malformed).toContain('60 s');
  });
});

describe('a page that takes too much memory', () => {
  it('is given up, and the next is read', async () => {
    const { read, threadOf } = create({ workersMax: 1, memoryMbMax: 32 });
    expect((await read('/fat')).malformed).toBe('reading it takes more than 32 MB of memory');
    expect(await threadOf()).toBeGreaterThan(0);
  });

  it('does not answer for what those before have left', async () => {
    const { read, threadOf } = create({ workersMax: 1, memoryMbMax: 64 });
    await read('/eat?mb=40');
    expect(await threadOf('/eat?mb=40')).toBeGreaterThan(0);
  });
});

describe('a thread that dies', () => {
  it('has one successor for its page', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'page-reader-'));
    const { read, threadOf } = create({ workersMax: 1 });
    const before = await threadOf();
    const page = await read(`/?mark=${join(folder, 'mark')}`);
    expect(page.malformed).toMatch(/^thread \d+$/);
    expect(page.malformed).not.toBe(`thread ${before}`);
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['/throw', 'reading it failed twice (a fault of the reader)'],
    ['/exit', 'reading it failed twice (its thread ended with code 3)'],
  ])('twice over %s makes it malformed', async (path, malformed) => {
    const { read, threadOf } = create();
    expect(await read(path)).toMatchObject({ malformed, words: 0 });
    expect(await threadOf()).toBeGreaterThan(0);
  });

  it.each<[URL, 'manual' | 'auto', string]>([
    [new URL('./missing.ts', import.meta.url), 'manual', 'missing.ts'],
    [new URL('./never-ready.ts', import.meta.url), 'auto', 'not loaded within 30 s'],
  ])('before it can read (%s) says nothing of the page', async (entry, mode, message) => {
    const { read } = create({ entry, clock: createFakeClock({ mode }) });
    await expect(read('/')).rejects.toMatchObject({
      code: 'internal',
      retryable: true,
      message: expect.stringContaining(message),
    });
  });
});

describe('an abort', () => {
  const cancelled = { name: 'AppError', code: 'cancelled' };

  it('ends a reading, and frees its place', async () => {
    const clock = createFakeClock();
    const { read, threadOf } = create({ workersMax: 1, clock });
    const before = await threadOf();
    const abort = new AbortController();
    const page = read('/endless', abort.signal);
    await clock.whenSleeping((ms) => ms === BOUNDS.timeMsMax);
    abort.abort(new Error('enough'));
    await expect(page).rejects.toMatchObject({ ...cancelled, cause: abort.signal.reason });
    expect(await threadOf()).not.toBe(before);
  });

  it('ends a wait, and nobody else’s', async () => {
    const { read } = create({ workersMax: 1 });
    const abort = new AbortController();
    const first = read('/a');
    const second = read('/b', abort.signal);
    const third = read('/c');
    abort.abort();
    await expect(second).rejects.toMatchObject(cancelled);
    expect((await first).url).toMatch(/a$/);
    expect((await third).url).toMatch(/c$/);
  });

  it('of all is what closing is', async () => {
    const { reader, read } = create({ workersMax: 1 });
    const pages = [read('/endless'), read('/a')].map((page) =>
      expect(page).rejects.toMatchObject(cancelled),
    );
    await reader.close();
    await Promise.all(pages);
    await expect(read('/b')).rejects.toMatchObject(cancelled);
    await reader.close();
  });
});
