import { expect, it } from 'vitest';
import type { Registry } from '#ports/registry.ts';
import type { PostMarks } from '#ports/source-registry.ts';
import { at, documentOf, page, post, source, urlOf, uuid } from './make.ts';
import { createWriter, pendingOf, VIEW } from './writer.ts';

const bytes = (...values: readonly number[]) => Uint8Array.from(values);

export function marksCases(registry: () => Registry): void {
  const record = (path: string, marks: PostMarks, sourceName = 'blog', second = 1) =>
    registry().documents.record(
      { ...post(path, `text of ${path}`), sourceName, marks },
      page(urlOf(path), { sourceName }),
      at(second),
    );
  const marks = (...values: readonly number[]): PostMarks => ({
    signature: bytes(...values),
    blocks: bytes(...values, 0, 255),
  });

  it('gives the signatures of live documents by id, page by page', async () => {
    const { documents } = registry();
    const paths = ['a', 'b', 'c', 'd', 'e'];
    for (const [number, path] of paths.entries()) {
      await record(path, marks(number, 0, 255), number % 2 === 0 ? 'blog' : 'mirror', number);
    }
    await documents.close(documentOf('c'), at(9));
    await documents.link([{ id: documentOf('b'), canonicalId: documentOf('a') }]);
    const expected = [0, 1, 3, 4]
      .map((number) => ({
        id: documentOf(paths[number] ?? ''),
        url: urlOf(paths[number] ?? ''),
        firstSeenAt: at(number),
        canonicalId: number === 1 ? documentOf('a') : null,
        signature: bytes(number, 0, 255),
      }))
      .sort((one, other) => (one.id < other.id ? -1 : 1));
    expect(await documents.signatures(null, 10)).toEqual(expected);
    const paged = [];
    for (let after: string | null = null; ; ) {
      const batch = await documents.signatures(after, 3);
      paged.push(...batch);
      after = batch.at(-1)?.id ?? null;
      if (after === null) break;
    }
    expect(paged).toEqual(expected);
  });

  it('keeps that a text is too short for a signature, and the marks of the last recording', async () => {
    const { documents } = registry();
    await record('a', { signature: null, blocks: bytes() });
    expect(await documents.signatures(null, 10)).toMatchObject([{ signature: null }]);
    expect(await documents.blocks('blog')).toEqual(new Map([[documentOf('a'), bytes()]]));
    await record('a', marks(1, 2));
    expect(await documents.signatures(null, 10)).toMatchObject([{ signature: bytes(1, 2) }]);
    await record('a', { signature: null, blocks: bytes(7) });
    expect(await documents.signatures(null, 10)).toMatchObject([{ signature: null }]);
    expect(await documents.blocks('blog')).toEqual(new Map([[documentOf('a'), bytes(7)]]));
  });

  it('gives the blocks of one source’s live documents', async () => {
    const { documents } = registry();
    await record('a', marks(1));
    await record('b', marks(2));
    await record('m', marks(3), 'mirror');
    await documents.close(documentOf('b'), at(5));
    expect(await documents.blocks('blog')).toEqual(new Map([[documentOf('a'), bytes(1, 0, 255)]]));
    expect(await documents.blocks('nobody')).toEqual(new Map());
  });

  it('links documents to those they repeat, frees them, and closes none by it', async () => {
    const { documents } = registry();
    for (const path of ['a', 'b', 'c']) await record(path, marks(1));
    const to = (path: string | null) => (path === null ? null : documentOf(path));
    const linked = async () =>
      Object.fromEntries(
        (await documents.list('blog')).map(({ url, canonicalId, status }) => [
          url.slice(urlOf('').length),
          [canonicalId, status],
        ]),
      );
    await documents.link([
      { id: documentOf('b'), canonicalId: to('a') },
      { id: documentOf('c'), canonicalId: to('a') },
      { id: uuid('nobody'), canonicalId: to('a') },
    ]);
    expect(await linked()).toEqual({
      a: [null, 'live'],
      b: [to('a'), 'live'],
      c: [to('a'), 'live'],
    });
    await documents.link([{ id: documentOf('b'), canonicalId: null }]);
    expect((await linked()).b).toEqual([null, 'live']);
    await documents.close(documentOf('c'), at(5));
    expect((await linked()).c).toEqual([null, 'closed']);
    await documents.link([]);
  });

  it('takes a linked document out of the view as if it were closed, and back in when freed', async () => {
    const { documents, views } = registry();
    const writer = createWriter(registry());
    await writer.prepare();
    await writer.record('a', 'one');
    await writer.record('b', 'one, or nearly');
    await writer.run();
    const link = (path: string | null) =>
      documents.link([
        { id: documentOf('b'), canonicalId: path === null ? null : documentOf(path) },
      ]);
    await link('a');
    expect(await views.unfinishedCount(VIEW)).toBe(1);
    expect(await pendingOf(views, VIEW)).toMatchObject([
      { document: { id: documentOf('b'), status: 'live' }, revision: null },
    ]);
    expect(await writer.run()).toMatchObject({ number: 2, documents: 1 });
    expect([await writer.shownAt(1), await writer.shownAt(2)]).toEqual([
      ['a=one', 'b=one, or nearly'],
      ['a=one'],
    ]);
    expect(await views.unfinishedCount(VIEW)).toBe(0);
    // Another text of a document that the view does not hold is nothing to publish.
    await writer.record('b', 'one, or nearly so');
    expect(await pendingOf(views, VIEW)).toEqual([]);
    await link(null);
    expect(await pendingOf(views, VIEW)).toMatchObject([
      { document: { id: documentOf('b') }, revision: { markdown: 'one, or nearly so' } },
    ]);
    await writer.run();
    expect(await writer.shownAt(3)).toEqual(['a=one', 'b=one, or nearly so']);
  });

  it('never takes a document into a view that was linked before it was published', async () => {
    const { documents, views } = registry();
    const writer = createWriter(registry());
    await writer.prepare();
    await writer.record('a', 'one');
    await writer.record('b', 'one, or nearly');
    await documents.link([{ id: documentOf('b'), canonicalId: documentOf('a') }]);
    expect(await views.unfinishedCount(VIEW)).toBe(1);
    await writer.run();
    expect(await writer.shownAt(1)).toEqual(['a=one']);
  });

  it('keeps a source’s template blocks, the last ones saved', async () => {
    const { sources } = registry();
    await sources.add(source('blog'));
    expect(await sources.templates('blog')).toEqual(bytes());
    await sources.saveTemplates('blog', bytes(1, 2, 0, 255));
    await sources.saveTemplates('mirror', bytes(9));
    expect(await sources.templates('blog')).toEqual(bytes(1, 2, 0, 255));
    // A view on a larger buffer is stored by itself.
    await sources.saveTemplates('blog', bytes(5, 6, 7, 8).subarray(1, 3));
    expect(await sources.templates('blog')).toEqual(bytes(6, 7));
    await sources.saveTemplates('blog', bytes());
    expect(await sources.templates('blog')).toEqual(bytes());
  });
}
