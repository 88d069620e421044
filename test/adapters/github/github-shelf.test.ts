import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { pageShelfContract } from '../../contracts/page-shelf.ts';
import { asking, PLACE, stock } from './stock.ts';

const { signal } = new AbortController();
const MAIN = `${PLACE}/blob/main`;

const stocked = async (...options: Parameters<typeof stock>) => {
  const made = await stock(...options);
  onTestFinished(() => made.server.close());
  return made;
};
const textOf = (outcome: { kind: string; page?: { body: Uint8Array } }) =>
  outcome.page === undefined ? outcome.kind : new TextDecoder().decode(outcome.page.body);

describe('keeps the contract', () => {
  pageShelfContract(async (pages) => {
    const { server, shelf, put } = await stock(pages);
    return {
      shelf,
      place: PLACE,
      nowhere: 'https://github.com/jane/nothing',
      urlOf(path) {
        const escaped = path.split('/').map((name) => encodeURIComponent(name).replace('%26', '&'));
        return `${MAIN}/${escaped.join('/')}`;
      },
      restock: async (other) => put(other),
      close: () => server.close(),
    };
  });
});

describe('places', () => {
  it('reads a branch, a folder and a file, and the default branch by its name', async () => {
    const { server, shelf } = await stocked({});
    server.put('jane/blog', {
      defaultBranch: 'trunk',
      refs: {
        trunk: { 'a.md': 'A', 'docs/b.md': 'B', 'docs-old/c.md': 'C' },
        'feature/x': { 'docs/d.md': 'D' },
      },
    });
    const list = (place: string) => shelf.list(place, signal);
    expect(await list(PLACE)).toEqual([
      `${PLACE}/blob/trunk/a.md`,
      `${PLACE}/blob/trunk/docs-old/c.md`,
      `${PLACE}/blob/trunk/docs/b.md`,
    ]);
    expect(await list(`${PLACE}.git`)).toHaveLength(3);
    expect(await list(`${PLACE}/tree/trunk/docs/`)).toEqual([`${PLACE}/blob/trunk/docs/b.md`]);
    expect(await list(`${PLACE}/blob/trunk/docs/b.md`)).toEqual([`${PLACE}/blob/trunk/docs/b.md`]);
    expect(await list(`${PLACE}/tree/feature%2Fx`)).toEqual([`${PLACE}/blob/feature/x/docs/d.md`]);
    const outcome = await shelf.fetch(asking(`${PLACE}/blob/feature/x/docs/d.md`), signal);
    expect(textOf(outcome)).toBe('D');
  });

  it.each([
    'https://github.com/jane',
    'https://github.com/',
    'https://gitlab.com/jane/blog',
    'https://github.com/jane/blog/issues/1',
    'https://github.com/jane/blog/tree',
    'https://github.com/../..',
    'https://github.com/jane/%2e%2e',
    'https://github.com/jane/blog/tree/%',
    'jane/blog',
  ])('knows that %s is no repository', async (place) => {
    const { shelf, server } = await stocked({ 'a.md': 'A' });
    await expect(shelf.list(place, signal)).rejects.toMatchObject({
      code: 'invalid_input',
      param: 'source',
    });
    expect(server.requests).toEqual([]);
  });

  it('tells a folder that is not there from one without Markdown', async () => {
    const { shelf } = await stocked({ 'src/code.ts': 'x' });
    expect(await shelf.list(`${PLACE}/tree/main/src`, signal)).toEqual([]);
    const missing = shelf.list(`${PLACE}/tree/main/docs`, signal);
    await expect(missing).rejects.toMatchObject({ code: 'not_found' });
  });

  it('passes over links and submodules', async () => {
    const { shelf } = await stocked({ 'a.md': 'A', 'link.md': '->a.md', 'module.md': null });
    expect(await shelf.list(PLACE, signal)).toEqual([`${MAIN}/a.md`]);
    expect(textOf(await shelf.fetch(asking(`${MAIN}/a.md`), signal))).toBe('A');
  });
});

describe('requests', () => {
  it('asks three times for a listing, and not at all for what has not changed', async () => {
    const files = { 'a.md': 'A', 'docs/b.md': 'B', 'docs/c.md': 'C', 'src/code.ts': 'x' };
    const { shelf, server, put } = await stocked(files);
    const urls = await shelf.list(PLACE, signal);
    expect(server.requests).toHaveLength(3);
    const etags = new Map<string, string | null>();
    for (const url of urls) {
      const outcome = await shelf.fetch(asking(url), signal);
      if (outcome.kind === 'fetched') etags.set(url, outcome.page.etag);
    }
    // Two folders, three files, and nothing of the folder without Markdown.
    expect(server.requests).toHaveLength(3 + 2 + 3);
    put({ ...files, 'docs/b.md': 'B2' });
    await shelf.list(PLACE, signal);
    const before = server.requests.length;
    expect(
      (await shelf.fetch(asking(`${MAIN}/a.md`, etags.get(`${MAIN}/a.md`)), signal)).kind,
    ).toBe('not_modified');
    expect(server.requests).toHaveLength(before);
  });

  it('says who asks, and shows its token to GitHub alone', async () => {
    const { shelf, server } = await stocked({ 'a.md': 'A' }, { token: 'secret' });
    await shelf.list(PLACE, signal);
    await shelf.fetch(asking(`${MAIN}/a.md`), signal);
    expect(server.requests.map(({ authorization }) => authorization)).toEqual(
      server.requests.map(() => 'Bearer secret'),
    );
    expect(server.requests[0]?.userAgent).toContain('Lockstep');
  });

  it('takes no token from the environment', async () => {
    vi.stubEnv('GITHUB_ACCESS_TOKEN', 'not ours');
    onTestFinished(() => void vi.unstubAllEnvs());
    const { shelf, server } = await stocked({ 'a.md': 'A' });
    await shelf.list(PLACE, signal);
    await shelf.fetch(asking(`${MAIN}/a.md`), signal);
    expect(server.requests.filter(({ authorization }) => authorization !== null)).toEqual([]);
  });

  it('reads a folder of more files than GitHub gives at once', async () => {
    const many = Array.from({ length: 1_002 }, (_, at) => [`${10_000 + at}.md`, `No. ${at}`]);
    const { shelf } = await stocked(Object.fromEntries(many));
    const urls = await shelf.list(PLACE, signal);
    expect(urls).toHaveLength(1_002);
    const last = await shelf.fetch(asking(urls.at(-1) ?? ''), signal);
    expect(textOf(last)).toBe('No. 1001');
    expect(textOf(await shelf.fetch(asking(urls[0] ?? ''), signal))).toBe('No. 0');
  });
});

describe('what the loader would swallow', () => {
  it('takes no error page of a download for a file', async () => {
    const { shelf, server } = await stocked({ 'a.md': 'A', 'docs/b.md': 'B' });
    await shelf.list(PLACE, signal);
    server.refuse('/raw/', { status: 429, message: 'slow down' });
    expect(await shelf.fetch(asking(`${MAIN}/a.md`), signal)).toMatchObject({
      kind: 'failed',
      code: 'upstream_unavailable',
      retryable: true,
      message: expect.stringContaining('a.md'),
    });
  });

  it('gives a byte-order mark back, and says what is no UTF-8', async () => {
    const { shelf } = await stocked({
      'marked.md': '\ufeff# Marked\n',
      'latin.md': Uint8Array.of(0x63, 0x61, 0x66, 0xe9),
      'replaced.md': 'has a \ufffd of its own',
    });
    await shelf.list(PLACE, signal);
    const marked = await shelf.fetch(asking(`${MAIN}/marked.md`), signal);
    expect(marked.kind === 'fetched' && [...marked.page.body.slice(0, 3)]).toEqual([
      0xef, 0xbb, 0xbf,
    ]);
    const latin = await shelf.fetch(asking(`${MAIN}/latin.md`), signal);
    expect(latin).toMatchObject({ kind: 'failed', code: 'malformed', retryable: false });
    expect(textOf(await shelf.fetch(asking(`${MAIN}/replaced.md`), signal))).toContain('\ufffd');
  });

  it('fails a folder that cannot be read, without asking again for each of its files', async () => {
    const { shelf, server } = await stocked({ 'docs/a.md': 'A', 'docs/b.md': 'B', 'c.md': 'C' });
    await shelf.list(PLACE, signal);
    server.refuse('/contents/docs', { status: 500 });
    for (const name of ['a', 'b']) {
      const outcome = await shelf.fetch(asking(`${MAIN}/docs/${name}.md`), signal);
      expect(outcome).toMatchObject({ kind: 'failed', retryable: true });
    }
    expect(server.requests.filter(({ path }) => path.includes('/contents/docs'))).toHaveLength(1);
    expect(textOf(await shelf.fetch(asking(`${MAIN}/c.md`), signal))).toBe('C');
  });
});

describe('refusals', () => {
  const RESET = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1767323045' };

  it.each([
    ['spent', { status: 403, headers: RESET }, 'until 2026-01-02T03:04:05.000Z'],
    ['too fast', { status: 403, headers: { 'retry-after': '60' } }, 'for 60 seconds'],
    ['too many', { status: 429, headers: RESET }, 'until 2026-01-02T03:04:05.000Z'],
    ['by its words', { status: 403, message: 'You exceeded a secondary rate limit' }, 'secondary'],
  ] as const)('says until when GitHub allows no more: %s', async (_name, refusal, until) => {
    const { shelf, server } = await stocked({ 'docs/a.md': 'A' });
    await shelf.list(PLACE, signal);
    const expected = {
      code: 'rate_limited',
      retryable: true,
      message: expect.stringContaining(until),
    };
    server.refuse('/contents/', refusal);
    expect(await shelf.fetch(asking(`${MAIN}/docs/a.md`), signal)).toMatchObject(expected);
    server.refuse('/repos/', refusal);
    await expect(shelf.list(PLACE, signal)).rejects.toMatchObject(expected);
    await expect(shelf.list(PLACE, signal)).rejects.toThrow(/GITHUB_TOKEN/);
  });

  it('says that a token may help, or is wrong', async () => {
    const { shelf, server } = await stocked({ 'a.md': 'A' }, { token: 'right' });
    server.put('jane/secret', { isPrivate: true, refs: { main: { 'a.md': 'A' } } });
    const secret = 'https://github.com/jane/secret';
    expect(await shelf.list(secret, signal)).toHaveLength(1);
    const nobody = await stocked({});
    nobody.server.put('jane/secret', { isPrivate: true, refs: { main: { 'a.md': 'A' } } });
    const asNobody = nobody.shelf.list(secret, signal);
    await expect(asNobody).rejects.toMatchObject({ code: 'not_found', retryable: false });
    await expect(asNobody).rejects.toThrow(/set GITHUB_TOKEN/);
    const wrong = await stocked({ 'a.md': 'A' });
    wrong.server.refuse('/repos/', { status: 401, message: 'Bad credentials' });
    await expect(wrong.shelf.list(PLACE, signal)).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it.each([
    ['a server in trouble', 502, 'upstream_unavailable', true],
    ['a repository that was taken down', 451, 'upstream_rejected', false],
    ['a plain no', 403, 'upstream_rejected', false],
    ['an empty repository', 409, 'not_found', false],
  ])('translates %s', async (_name, status, code, retryable) => {
    const { shelf, server } = await stocked({ 'a.md': 'A' });
    server.refuse('/repos/', { status });
    await expect(shelf.list(PLACE, signal)).rejects.toMatchObject({ code, retryable });
  });

  it('translates a server that is not there, and one that is not GitHub', async () => {
    const { shelf, server } = await stocked({ 'a.md': 'A' });
    server.put('jane/blog', { refs: {}, defaultBranch: '' });
    await expect(shelf.list(PLACE, signal)).rejects.toMatchObject({ code: 'malformed' });
    await server.close();
    const lost = { code: 'unreachable', retryable: true };
    await expect(shelf.list(PLACE, signal)).rejects.toMatchObject(lost);
  });
});

describe('bounds', () => {
  it.each([
    ['pages', { pagesMax: 1 }],
    ['bytes', { bytesMax: 5 }],
  ])('refuses a place of too many %s', async (_name, limits) => {
    const { shelf } = await stocked({ 'a.md': 'four', 'b.md': 'four' }, { limits });
    await expect(shelf.list(PLACE, signal)).rejects.toMatchObject({ code: 'too_large' });
  });

  it('does not load a file that is too large, and those beside it', async () => {
    const { shelf, server } = await stocked(
      { 'a.md': 'x'.repeat(101), 'b.md': 'small' },
      { limits: { fileBytesMax: 100 } },
    );
    await shelf.list(PLACE, signal);
    expect(await shelf.fetch(asking(`${MAIN}/a.md`), signal)).toMatchObject({
      kind: 'failed',
      code: 'too_large',
    });
    expect(textOf(await shelf.fetch(asking(`${MAIN}/b.md`), signal))).toBe('small');
    expect(server.requests.filter(({ path }) => path.endsWith('/a.md'))).toEqual([]);
  });
});
