import { expect, it } from 'vitest';
import type { DeadLetter } from '#domain/document.ts';
import type { Registry } from '#ports/registry.ts';
import { refusal } from './bed.ts';
import { at, page, source, uuid } from './make.ts';

export function sourceCases(registry: () => Registry): void {
  it('gives a source back as it was added, and the first one when it is added again', async () => {
    const { sources } = registry();
    const first = source('blog');
    expect(await sources.add(first)).toEqual(first);
    expect(await sources.add({ ...first, createdAt: at(9) })).toEqual(first);
    expect(await sources.get('blog')).toEqual(first);
  });

  it('refuses another source under a name that is taken', async () => {
    const { sources } = registry();
    await sources.add(source('blog'));
    const other = source('blog', { urls: ['https://other.example/'] });
    expect(await refusal(sources.add(other), 'already_exists')).toMatch(/blog\.example.*--name/s);
    await refusal(sources.add(source('blog', { kind: 'feed' })), 'already_exists');
    expect(await sources.list()).toEqual([source('blog')]);
  });

  it('lists sources by code unit, and names an unknown one', async () => {
    const { sources } = registry();
    for (const name of ['ab', 'a-b', 'b', 'B', 'aB']) await sources.add(source(name));
    expect((await sources.list()).map(({ name }) => name)).toEqual(['B', 'a-b', 'aB', 'ab', 'b']);
    expect(await refusal(sources.get('nobody'), 'not_found')).toContain('nobody');
  });

  it('keeps one state for a page, the last one saved, by source', async () => {
    const { pages } = registry();
    const first = page('https://blog.example/a');
    const { url } = first;
    await pages.save(first);
    const last = page(url, {
      etag: null,
      documentId: uuid('a'),
      goneCount: 2,
      links: [],
      outcome: 'gone',
      checkedAt: at(5),
    });
    await pages.save(last);
    await pages.save(page(url, { sourceName: 'mirror' }));
    expect(await pages.states('blog')).toEqual(new Map([[url, last]]));
    expect((await pages.states('mirror')).size).toBe(1);
    expect(await pages.states('nobody')).toEqual(new Map());
  });

  it('lists dead letters newest first, by run and by source', async () => {
    const { deadLetters } = registry();
    const letter = (run: string, sourceName: string, url: string): DeadLetter => ({
      runId: uuid(run),
      sourceName,
      url,
      stage: 'fetch',
      code: 'timeout',
      message: `${url} took too long`,
      retryable: url.endsWith('1'),
      at: at(0),
    });
    const letters = [
      letter('r1', 'blog', 'https://blog.example/1'),
      letter('r1', 'news', 'https://news.example/2'),
      letter('r2', 'blog', 'https://blog.example/3'),
    ];
    for (const entry of letters) await deadLetters.add(entry);
    const [first, second, third] = letters;
    expect(await deadLetters.list({})).toEqual([third, second, first]);
    expect(await deadLetters.list({ runId: uuid('r1') })).toEqual([second, first]);
    expect(await deadLetters.list({ sourceName: 'blog' })).toEqual([third, first]);
    expect(await deadLetters.list({ runId: uuid('r1'), sourceName: 'blog' })).toEqual([first]);
    expect(await deadLetters.list({ runId: 'no-run' })).toEqual([]);
  });
}
