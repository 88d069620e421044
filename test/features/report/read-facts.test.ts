import { beforeEach, describe, expect, it } from 'vitest';
import { reportCrawl } from '#features/report/read-facts.ts';
import { createMemoryRegistry, type MemoryRegistry } from '../crawl/memory-registry.ts';
import { at, letter, refused, urlOf, visit } from './make.ts';

let registry: MemoryRegistry;
beforeEach(() => {
  registry = createMemoryRegistry();
});

const begin = (id: string, second: number, subject = 'source:blog') =>
  registry.runs.start({ id, kind: 'crawl', subject, at: at(second) });
const end = (id: string, status: 'done' | 'failed' | 'cancelled', second: number) =>
  registry.runs.end(id, { status, counts: {}, produced: [], error: null }, at(second));

const record = (path: string, sourceName: string) => {
  const url = urlOf(path);
  const page = {
    ...{ sourceName, url, documentId: null, etag: null, lastModified: null, bodyHash: null },
    ...{ links: [], outcome: 'document', goneCount: 0, extractedBy: 'x', checkedAt: at(1) },
  };
  const metadata = {
    ...{ title: path, author: null, publishedAt: null, modifiedAt: null, language: null },
    ...{ siteName: null, description: null, tags: [] },
  };
  const marks = { signature: null, blocks: new Uint8Array() };
  const post = { url, sourceName, blobKey: 'k', contentType: '', markdown: path, metadata, marks };
  return registry.documents.record({ ...post, extractedBy: 'x' }, page, at(1));
};

describe('reportCrawl', () => {
  it('says how to get a first crawl when there was none', async () => {
    await begin('r1', 1, 'pages:blog');
    await expect(reportCrawl({ registry }, 'blog')).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('lockstep crawl blog'),
    });
  });

  it('tells of the newest run alone, by its own visits and letters', async () => {
    await begin('r1', 1);
    await registry.visits.add(visit('/old', 'new', { runId: 'r1' }));
    await end('r1', 'done', 2);
    await begin('r2', 3);
    await registry.visits.add(refused('/bad', 'no_content'));
    await registry.deadLetters.add(letter('/bad', 'no_content'));
    await registry.deadLetters.add(letter('/worse', 'timeout', { runId: 'r1' }));
    await end('r2', 'done', 70);
    await begin('r3', 80, 'pages:blog');
    await begin('r4', 90, 'source:news');
    const summary = await reportCrawl({ registry }, 'blog');
    expect(summary).toMatchObject({
      run: { id: 'r2', status: 'done' },
      previous: { runId: 'r1', startedAt: at(1) },
      totals: { pages: 1 },
      reasons: [{ code: 'no_content', pages: 1 }],
    });
    expect(summary.changes.unvisited.shown).toEqual([{ url: urlOf('/old'), code: null }]);
  });

  it('compares with the last crawl that came to its end, or else with the last there was', async () => {
    await begin('r1', 1);
    await end('r1', 'cancelled', 2);
    await begin('r2', 3);
    await end('r2', 'cancelled', 4);
    await begin('r3', 5);
    expect((await reportCrawl({ registry }, 'blog')).previous?.runId).toBe('r2');
    await end('r3', 'done', 6);
    await begin('r4', 7);
    await end('r4', 'failed', 8);
    await begin('r5', 9);
    expect((await reportCrawl({ registry }, 'blog')).previous?.runId).toBe('r3');
  });

  it('finds the documents of other sources that this one’s repeat', async () => {
    await begin('r1', 1);
    const { document: kept } = await record('/kept', 'mirror');
    const { document: near } = await record('/near', 'blog');
    await registry.documents.link([{ id: near.id, canonicalId: kept.id }]);
    const { duplicates, totals } = await reportCrawl({ registry }, 'blog');
    expect(duplicates.shown).toEqual([{ url: near.url, kind: 'near', kept: kept.url }]);
    expect(totals).toMatchObject({ documents: 1, repeats: 1 });
  });
});
