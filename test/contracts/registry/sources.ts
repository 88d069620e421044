import { expect, it } from 'vitest';
import type { DeadLetter } from '#domain/document.ts';
import type { Source } from '#domain/source.ts';
import type { Registry } from '#ports/registry.ts';
import { refusal } from './bed.ts';
import { at, documentOf, page, post, source, urlOf, uuid } from './make.ts';

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

  it('gives a source the limits and rules that it is added with again', async () => {
    const { sources } = registry();
    const first = source('blog');
    await sources.add(first);
    const limits = { ...first.limits, pagesMax: 7, timeMsMax: 60_000 };
    const rules: Source['rules'] = {
      include: ['/posts/**'],
      exclude: ['**/draft-*'],
      languages: ['en', 'fr'],
      pii: 'mask',
      render: true,
    };
    expect(await sources.add(source('blog', { limits, rules, createdAt: at(9) }))).toEqual({
      ...first,
      limits,
      rules,
    });
    expect(await sources.get('blog')).toEqual({ ...first, limits, rules });
    const other = source('blog', { urls: ['https://other.example/'] });
    await refusal(sources.add(other), 'already_exists');
    expect(await sources.get('blog')).toEqual({ ...first, limits, rules });
    await sources.add(first);
    expect(await sources.list()).toEqual([first]);
  });

  it('removes a source: its states, its templates, its documents from all that lives', async () => {
    const { sources, pages, documents, deadLetters } = registry();
    const record = (path: string, sourceName: string) =>
      documents.record(
        { ...post(path, path), sourceName },
        page(urlOf(path), { sourceName }),
        at(1),
      );
    for (const name of ['blog', 'mirror']) await sources.add(source(name));
    const { revision } = await record('a', 'blog');
    await record('b', 'blog');
    await record('m', 'mirror');
    await documents.close(documentOf('b'), at(2));
    await documents.link([{ id: documentOf('a'), canonicalId: documentOf('m') }]);
    await sources.saveTemplates('blog', Uint8Array.of(1));
    await deadLetters.add(letter('r1', 'blog', urlOf('bad')));
    await sources.remove('blog', at(5));
    expect(await refusal(sources.get('blog'), 'not_found')).toContain('blog');
    expect((await sources.list()).map(({ name }) => name)).toEqual(['mirror']);
    expect(await pages.states('blog')).toEqual(new Map());
    expect((await pages.states('mirror')).size).toBe(1);
    expect(await sources.templates('blog')).toEqual(new Uint8Array());
    expect(await documents.get(documentOf('a'))).toMatchObject({
      status: 'closed',
      closedAt: at(5),
      canonicalId: null,
      revisionId: revision.id,
    });
    // What was closed before stays as it was, and nothing that was recorded is lost.
    expect(await documents.get(documentOf('b'))).toMatchObject({ closedAt: at(2) });
    expect(await documents.get(documentOf('m'))).toMatchObject({ status: 'live' });
    expect(await documents.revisions([revision.id])).toEqual([revision]);
    expect(await deadLetters.list({ sourceName: 'blog' })).toHaveLength(1);
  });

  it('names a source that cannot be removed since it is not there, and begins anew after', async () => {
    const { sources, documents } = registry();
    expect(await refusal(sources.remove('nobody', at(1)), 'not_found')).toContain('nobody');
    await sources.add(source('blog'));
    await documents.record(post('a', 'one'), page(urlOf('a')), at(1));
    await sources.remove('blog', at(2));
    await refusal(sources.remove('blog', at(3)), 'not_found');
    const other = source('blog', { urls: ['https://other.example/'], createdAt: at(4) });
    expect(await sources.add(other)).toEqual(other);
    const again = await documents.record(post('a', 'one'), page(urlOf('a')), at(5));
    expect(again).toMatchObject({ isNew: true, document: { status: 'live', closedAt: null } });
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
