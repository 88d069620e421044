import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Split } from '#domain/dataset.ts';
import { splitRows, splitsOf } from '#training/dataset/splits.ts';
import { never, revisionOf } from '../world.ts';
import { passage, row } from './rows.ts';

const unlike = (at: number) => Array.from({ length: 30 }, (_, word) => `w${at}x${word}`).join(' ');

const revisionsOf = (texts: readonly string[]) =>
  texts.map((markdown, at) => revisionOf({ path: `/${at}/`, title: `${at}`, markdown }));

/** The splits when every document has one row. */
async function splitsFor(texts: readonly string[], seed = 7) {
  const revisions = revisionsOf(texts);
  const rows = revisions.map(({ documentId }) => row(documentId, 'input', 'text'));
  return { revisions, splits: await splitsOf(revisions, rows, { seed, signal: never() }) };
}

const count = (splits: ReadonlyMap<string, Split>, split: Split) =>
  [...splits.values()].filter((found) => found === split).length;

describe('splitsOf', () => {
  it('gives about 80, 10 and 10 of a hundred', async () => {
    const { splits } = await splitsFor(Array.from({ length: 1_000 }, (_, at) => unlike(at)));
    expect(count(splits, 'train')).toBeGreaterThan(750);
    expect(count(splits, 'train')).toBeLessThan(850);
    expect(count(splits, 'validation')).toBeGreaterThan(60);
    expect(count(splits, 'test')).toBeGreaterThan(60);
  });

  it('gives every split a document as soon as there are three, whatever the seed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 3, max: 12 }), fc.nat(), async (documents, seed) => {
        const { splits } = await splitsFor(
          Array.from({ length: documents }, (_, at) => unlike(at)),
          seed,
        );
        expect(splits.size).toBe(documents);
        for (const split of ['train', 'validation', 'test'] as const) {
          expect(count(splits, split)).toBeGreaterThanOrEqual(1);
        }
      }),
    );
  });

  it('keeps near-duplicates together, whatever the seed', async () => {
    const texts = Array.from({ length: 12 }, (_, at) => unlike(at % 6));
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const { revisions, splits } = await splitsFor(texts, seed);
        revisions.slice(0, 6).forEach(({ documentId }, at) => {
          expect(splits.get(revisions[at + 6]?.documentId ?? '')).toBe(splits.get(documentId));
        });
      }),
      { numRuns: 30 },
    );
  });

  it('is the same again for one seed, and another for another', async () => {
    const texts = Array.from({ length: 30 }, (_, at) => unlike(at));
    expect((await splitsFor(texts)).splits).toEqual((await splitsFor(texts)).splits);
    expect((await splitsFor(texts, 8)).splits).not.toEqual((await splitsFor(texts)).splits);
  });

  it('moves no document when others arrive', async () => {
    const before = (await splitsFor(Array.from({ length: 300 }, (_, at) => unlike(at)))).splits;
    const after = (await splitsFor(Array.from({ length: 400 }, (_, at) => unlike(at)))).splits;
    for (const [documentId, split] of before) expect(after.get(documentId)).toBe(split);
  });

  it('places only documents that rows show', async () => {
    const revisions = revisionsOf([unlike(1), unlike(2)]);
    const rows = [row(revisions[1]?.documentId ?? '', 'input', 'text')];
    const splits = await splitsOf(revisions, rows, { seed: 7, signal: never() });
    expect([...splits.keys()]).toEqual([revisions[1]?.documentId]);
  });
});

describe('splitRows', () => {
  const splits = new Map<string, Split>([
    ['a', 'train'],
    ['b', 'test'],
  ]);

  it('drops a row whose documents are apart, and a row of no split', () => {
    const dropped: string[] = [];
    const within = row('a', 'one', 'text');
    const across = row('a', 'two', 'text', { foundIn: passage('b', 'text') });
    const nowhere = row('c', 'three', 'text');
    const rows = splitRows([within, across, nowhere], splits, (reason) => dropped.push(reason));
    expect(rows).toEqual({ train: [within], validation: [], test: [] });
    expect(dropped).toEqual(['across_splits', 'across_splits']);
  });
});
