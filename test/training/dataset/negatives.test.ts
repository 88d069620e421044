import { describe, expect, it } from 'vitest';
import { NEGATIVES_MAX, withNegatives } from '#training/dataset/negatives.ts';
import { createSparseLite } from '../../fakes/sparse-lite.ts';
import { never } from '../world.ts';
import { passage, row } from './rows.ts';

const { terms } = createSparseLite();
const negativesOf = async (rows: Parameters<typeof withNegatives>[0]) =>
  (await withNegatives(rows, terms, never())).map(({ negatives }) =>
    negatives.map(({ documentId }) => documentId),
  );

const far = ['noise about gardens', 'noise about trains', 'noise about bread', 'noise about rain'];

describe('withNegatives', () => {
  it('takes first what shares the rarest words with the query', async () => {
    const rows = [
      row('a', 'how rollback works', 'A rollback moves the pointer of the channel.'),
      row('b', 'other', 'The rollback drill takes place every Thursday.'),
      row('c', 'else', 'The pointer of a clock.'),
      ...far.map((text, at) => row(`far${at}`, `far ${at}`, text)),
    ];
    expect((await negativesOf(rows))[0]).toEqual(['b', 'c']);
  });

  it('takes at most one passage of a document, and no more than the limit', async () => {
    const rows = [
      row('a', 'apple pie', 'apple pie with cream and sugar'),
      row('b', 'b1', 'apple pie recipe of my aunt'),
      row('b', 'b2', 'apple pie recipe of my uncle'),
      ...Array.from({ length: 8 }, (_, at) => row(`c${at}`, `c${at}`, `apple tree number ${at}`)),
      ...Array.from({ length: 12 }, (_, at) => row(`d${at}`, `d${at}`, `stone ${at}`)),
    ];
    const [first = []] = await negativesOf(rows);
    expect(first).toHaveLength(NEGATIVES_MAX);
    expect(new Set(first).size).toBe(NEGATIVES_MAX);
    expect(first[0]).toBe('b');
  });

  it('never takes from the documents of the row, nor a near-copy of the positive', async () => {
    const positive =
      'the index is rebuilt from the stored revisions without touching the network at all';
    const rows = [
      row('a', 'rebuilt index', positive, { foundIn: passage('z', 'x') }),
      row('a', 'same document', 'an index that is rebuilt at night'),
      row('z', 'where it was found', 'a rebuilt index of the index'),
      row('copy', 'copied', `${positive}`),
      row('b', 'another', 'the rebuilt ship'),
      ...far.map((text, at) => row(`far${at}`, `far ${at}`, text)),
    ];
    expect((await negativesOf(rows))[0]).toEqual(['b']);
  });

  it('gives none where nothing is shared, and is the same every time', async () => {
    const rows = far.map((text, at) => row(`far${at}`, `q${at}`, text.replace('noise about ', '')));
    expect(await negativesOf(rows)).toEqual([[], [], [], []]);
    expect(await withNegatives(rows, terms, never())).toEqual(
      await withNegatives(rows, terms, never()),
    );
  });
});
