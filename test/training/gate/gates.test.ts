import { describe, expect, it } from 'vitest';
import type { Revision } from '#domain/document.ts';
import type { SplitRows } from '#training/dataset/row.ts';
import { ROWS_MIN } from '#training/gate/gate-input.ts';
import { requirePassed, runGates } from '#training/gate/gates.ts';
import { passage, row, splitOf } from '../dataset/rows.ts';
import { never, revisionOf } from '../world.ts';

const words = (prefix: string, count = 40) =>
  Array.from({ length: count }, (_, at) => `${prefix}${at}`).join(' ');

/** A revision under the ids that `row` gives a document. */
const revision = (document: string, markdown: string): Revision => ({
  ...revisionOf({ path: `/${document}/`, title: document, markdown }),
  id: `${document}-r1`,
  documentId: document,
});

const revisions = ['a', 'b', 'c'].map((name) => revision(name, `# ${name}\n\n${words(name)}`));
const sound = splitOf({
  train: [row('a', 'ask a', words('a'))],
  validation: [row('b', 'ask b', words('b'))],
  test: [row('c', 'ask c', words('c'))],
});

const refusedBy = async (rows: SplitRows, of: readonly Revision[] = revisions) =>
  (await runGates({ rows, revisions: of, rowsMin: ROWS_MIN, signal: never() }))
    .filter(({ passed }) => !passed)
    .map(({ gate, refused, message }) => ({ gate, refused, message }));

it('lets sound rows pass, and says how many it looked at', async () => {
  const gates = await runGates({ rows: sound, revisions, rowsMin: ROWS_MIN, signal: never() });
  expect(gates.map(({ gate, passed, checked }) => [gate, passed, checked])).toEqual([
    ['grounding', true, 3],
    ['leakage', true, 3],
    ['distinct', true, 3],
    ['size', true, 3],
  ]);
  expect(() => requirePassed(gates, 'instruct')).not.toThrow();
});

describe('grounding', () => {
  it('does not mind white space', async () => {
    const spaced = row('a', 'ask', words('a').replaceAll(' ', '\n  '));
    expect(await refusedBy({ ...sound, train: [spaced] })).toEqual([]);
  });

  it.each([
    ['a word that is not there', row('a', 'ask', `${words('a')} invented`)],
    ['the text of another document', row('a', 'ask', words('z'))],
    ['nothing', row('a', 'ask', ' ')],
    ['a revision that is not in the snapshot', row('gone', 'ask', words('a'))],
    [
      'an invented negative',
      row('a', 'ask', words('a'), { negatives: [passage('a2', 'never written')] }),
    ],
  ])('refuses %s', async (_, bad) => {
    const [first] = await refusedBy({ ...sound, train: [bad] });
    expect(first).toMatchObject({ gate: 'grounding', refused: 1 });
    expect(first?.message).toMatch(
      /^row “ask” of https:.* has a text that https:.* does not hold\./,
    );
  });
});

describe('leakage', () => {
  it.each<[string, Partial<SplitRows>, RegExp]>([
    [
      'a document in two splits',
      { test: [...sound.test, row('a', 'ask again', words('a', 20))] },
      /in test shows document a, which is in train/,
    ],
    [
      'a link into another split',
      { test: [row('c', 'ask c', words('c'), { foundIn: passage('b', 'x') })] },
      /in test shows document b, which is in validation/,
    ],
    [
      'a negative of another split',
      { test: [row('c', 'ask c', words('c'), { negatives: [passage('a', words('a', 9))] })] },
      /in test shows document a, which is in train/,
    ],
    [
      'one input in two splits',
      { test: [row('c', 'Ask  A', words('c'))] },
      /in test asks what train asks/,
    ],
  ])('refuses %s', async (_, rows, message) => {
    const found = (await refusedBy({ ...sound, ...rows })).find(({ gate }) => gate === 'leakage');
    expect(found?.message).toMatch(message);
  });

  it('refuses near-copies of documents across splits, and allows them within one', async () => {
    const copy = revision('d', `# a\n\n${words('a')} and a word`);
    const held = row('d', 'ask d', 'and a word');
    const across = await refusedBy({ ...sound, test: [held] }, [...revisions, copy]);
    expect(across).toMatchObject([{ gate: 'leakage', refused: 1 }]);
    expect(across[0]?.message).toMatch(
      /\/a\/ \(train\) and .*\/d\/ \(test\) share 9\d% of shingles/,
    );
    const within = { ...sound, train: [...sound.train, held] };
    expect(await refusedBy(within, [...revisions, copy])).toEqual([]);
  });

  it('refuses near-copies of outputs in otherwise different documents', async () => {
    const copy = revision('d', `${words('d', 200)}\n\n${words('a')}`);
    const rows = { ...sound, test: [row('d', 'ask d', words('a'))] };
    expect((await refusedBy(rows, [...revisions, copy]))[0]?.message).toContain('an output of');
  });
});

describe('distinct', () => {
  it.each([
    ['the input as the output', row('a', words('a'), words('a')), /repeats its input/],
    ['the same row again', row('a', 'Ask A', words('a')), /occurs twice/],
    [
      'the positive among the negatives',
      row('a', 'ask', words('a'), { negatives: [passage('a', words('a'))] }),
      /its positive among its negatives/,
    ],
  ])('refuses %s', async (_, bad, message) => {
    const found = await refusedBy({ ...sound, train: [...sound.train, bad] });
    expect(found).toMatchObject([{ gate: 'distinct', refused: 1 }]);
    expect(found[0]?.message).toMatch(message);
  });
});

it.each(['train', 'validation', 'test'] as const)('size refuses an empty %s', async (split) => {
  const found = await refusedBy({ ...sound, [split]: [] });
  expect(found).toMatchObject([{ gate: 'size', refused: 1 }]);
  expect(found[0]?.message).toContain(`${split} has 0 row(s) of 0 document(s) and needs 1`);
});

it('names gate, first fault, remedy and the other gates when it refuses', async () => {
  const rows = { ...sound, train: [], test: [row('c', 'ask', 'invented')] };
  const gates = await runGates({ rows, revisions, rowsMin: ROWS_MIN, signal: never() });
  const refusal = () => requirePassed(gates, 'instruct');
  expect(refusal).toThrow(/gate grounding refuses dataset instruct \(1 fault\(s\)\): row “ask”/);
  expect(refusal).toThrow(/report it/);
  expect(refusal).toThrow(/Also refused by size\./);
  expect(refusal).toThrow(expect.objectContaining({ code: 'gate_refused', param: 'grounding' }));
});
