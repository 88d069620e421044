import { expect, it } from 'vitest';
import { contentHashOf, revisionIdOf } from '#domain/document.ts';
import type { Registry } from '#ports/registry.ts';
import { outcomes, refusal } from './bed.ts';
import { at, documentOf, page, post, urlOf, uuid } from './make.ts';

export function documentCases(registry: () => Registry): void {
  const record = (path: string, markdown: string, second = 1) =>
    registry().documents.record(post(path, markdown), page(urlOf(path)), at(second));

  it('records a post: its document, its revision, and its page together', async () => {
    const { documents, pages } = registry();
    const recorded = await record('a', 'one');
    const id = documentOf('a');
    const revisionId = revisionIdOf(id, contentHashOf('one', post('a', 'one').metadata));
    expect(recorded.isNew).toBe(true);
    expect(recorded.document).toEqual({
      id,
      url: urlOf('a'),
      sourceName: 'blog',
      status: 'live',
      revisionId,
      canonicalId: null,
      firstSeenAt: at(1),
      closedAt: null,
    });
    expect(recorded.revision).toMatchObject({
      id: revisionId,
      documentId: id,
      markdown: 'one',
      contentType: 'text/html',
    });
    expect(await documents.get(id)).toEqual(recorded.document);
    expect(await documents.findByUrl(urlOf('a'))).toEqual(recorded.document);
    expect(await documents.revisions([revisionId])).toEqual([recorded.revision]);
    expect((await pages.states('blog')).get(urlOf('a'))).toEqual(
      page(urlOf('a'), { documentId: id }),
    );
  });

  it('adds no revision for the same content, and gives back the one that is stored', async () => {
    const first = await record('a', 'one', 1);
    const again = await registry().documents.record(
      { ...post('a', 'one'), blobKey: 'other-bytes', extractedBy: 'html@v2' },
      page(urlOf('a'), { etag: '"2"' }),
      at(2),
    );
    expect(again).toEqual({ ...first, isNew: false });
    expect((await registry().pages.states('blog')).get(urlOf('a'))?.etag).toBe('"2"');
  });

  it('keeps every revision, and finds the old one again when the old content returns', async () => {
    const { documents } = registry();
    const first = await record('a', 'one', 1);
    const second = await record('a', 'two', 2);
    const third = await record('a', 'one', 3);
    expect([second.isNew, third.isNew]).toEqual([true, true]);
    expect(third.revision).toEqual(first.revision);
    expect(third.document).toEqual(first.document);
    expect(await documents.revisions([second.revision.id, first.revision.id])).toEqual([
      second.revision,
      first.revision,
    ]);
  });

  it('takes changed metadata for a new revision', async () => {
    await record('a', 'one');
    const { isNew } = await registry().documents.record(
      post('a', 'one', { tags: ['rag', 'search'] }),
      page(urlOf('a')),
      at(2),
    );
    expect(isNew).toBe(true);
  });

  it('closes a document once, keeps its revisions, and reopens it', async () => {
    const { documents } = registry();
    const { document, revision } = await record('a', 'one');
    await documents.close(document.id, at(5));
    await documents.close(document.id, at(6));
    expect(await documents.get(document.id)).toEqual({
      ...document,
      status: 'closed',
      closedAt: at(5),
    });
    expect(await documents.revisions([revision.id])).toEqual([revision]);
    const reopened = await record('a', 'one', 7);
    expect(reopened).toEqual({ document, revision, isNew: true });
  });

  it('keeps a document with the source that found it first', async () => {
    const { documents } = registry();
    const { document } = await record('a', 'one', 1);
    await documents.record(
      { ...post('a', 'two'), sourceName: 'mirror' },
      page(urlOf('a'), { sourceName: 'mirror' }),
      at(2),
    );
    const now = await documents.get(document.id);
    expect(now).toMatchObject({ sourceName: 'blog', firstSeenAt: at(1) });
    expect(await documents.list('mirror')).toEqual([]);
  });

  it('records one document once, however many record it at once', async () => {
    const { documents } = registry();
    const works = [1, 2, 3, 4, 5, 6].map((second) => record('a', `text ${second % 2}`, second));
    expect(await outcomes(works)).toEqual({ done: 6 });
    const [document, ...others] = await documents.list(null);
    expect(others).toEqual([]);
    const revision = await documents.revisions([document?.revisionId ?? '']);
    expect(['text 0', 'text 1']).toContain(revision[0]?.markdown);
  });

  it('writes nothing of a post whose page cannot be saved', async () => {
    const { documents, pages } = registry();
    const broken = page(urlOf('a'), { goneCount: 1e15 });
    await expect(documents.record(post('a', 'one'), broken, at(1))).rejects.toThrow();
    expect(await documents.get(documentOf('a'))).toBeNull();
    expect(await pages.states('blog')).toEqual(new Map());
  });

  it('lists documents by URL, by source', async () => {
    const { documents } = registry();
    for (const path of ['ab', 'a-b', 'B', 'aB']) await record(path, path);
    const paths = async (of: string | null) =>
      (await documents.list(of)).map(({ url }) => url.slice(urlOf('').length));
    expect(await paths(null)).toEqual(['B', 'a-b', 'aB', 'ab']);
    expect(await paths('blog')).toEqual(['B', 'a-b', 'aB', 'ab']);
    expect(await paths('news')).toEqual([]);
  });

  it('gives null for a document that is not there, whatever the id looks like', async () => {
    const { documents } = registry();
    for (const id of [uuid('nobody'), 'nobody', '']) expect(await documents.get(id)).toBeNull();
    expect(await documents.findByUrl(urlOf('nobody'))).toBeNull();
    await documents.close(uuid('nobody'), at(1));
  });

  it('names the first revision that is not there', async () => {
    const { documents } = registry();
    const { revision } = await record('a', 'one');
    expect(await documents.revisions([])).toEqual([]);
    const asked = [revision.id, uuid('first'), uuid('second')];
    expect(await refusal(documents.revisions(asked), 'not_found')).toContain(uuid('first'));
    expect(await refusal(documents.revisions(['nope']), 'not_found')).toContain('nope');
  });

  it('takes as many revision ids as there may be', async () => {
    const { revision } = await record('a', 'one');
    const ids = Array.from({ length: 70_000 }, () => revision.id);
    expect(await registry().documents.revisions(ids)).toHaveLength(ids.length);
  });

  it('finds the first live twin under another URL', async () => {
    const { documents } = registry();
    const twin = (path: string, second: number) =>
      documents.record(post(path, 'same', { title: 'T' }), page(urlOf(path)), at(second));
    const { document: b, revision } = await twin('b', 2);
    const { document: a } = await twin('a', 1);
    const hash = revision.contentHash;
    expect(await documents.findTwin(hash, documentOf('c'))).toEqual(a);
    expect(await documents.findTwin(hash, a.id)).toEqual(b);
    await documents.close(a.id, at(3));
    expect(await documents.findTwin(hash, documentOf('c'))).toEqual(b);
    await documents.record(post('b', 'other now'), page(urlOf('b')), at(4));
    expect(await documents.findTwin(hash, documentOf('c'))).toBeNull();
  });
}
