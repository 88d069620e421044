import { describe, expect, it } from 'vitest';
import { goldenLines } from '../../../scripts/sample-site/golden.ts';

const TEXTS = new Map([
  ['/posts/a/', 'It took 52 seconds in all.'],
  ['/posts/b/', 'Nothing.'],
]);
const A = ['/posts/a/'];
const FACT = { id: 'a1', kind: 'fact', question: 'How long?', relevant: A, answer: '52 seconds' };
const REST = [
  { ...FACT, id: 'a2', kind: 'paraphrase' },
  { ...FACT, id: 'a3', kind: 'two-post', relevant: ['/posts/a/', '/posts/b/'], answer: 'Both.' },
  { ...FACT, id: 'a4', kind: 'unanswerable', relevant: [], answer: null },
];

const lines = (...questions: readonly object[]) =>
  questions.map((question) => `${JSON.stringify(question)}\n`).join('');
const golden = (...questions: readonly object[]) =>
  goldenLines(new Map([['questions-x.jsonl', lines(...questions)]]), TEXTS);

it('joins the files, sorted by id, with keys in one order', () => {
  const { id, ...others } = FACT;
  const files = new Map([
    ['questions-y.jsonl', lines(...REST)],
    ['questions-x.jsonl', `\n${lines({ ...others, id })}`],
  ]);
  expect(goldenLines(files, TEXTS)).toBe(lines(FACT, ...REST));
});

it('takes an answer over line breaks as it is read', () => {
  expect(golden({ ...FACT, answer: 'took\n52 seconds' }, ...REST)).toContain('a1');
});

describe('refuses', () => {
  it.each([
    ['an answer that is not in the post', { answer: '53 seconds' }, 'does not stand in /posts/a/'],
    ['an answer in other letters', { answer: 'it took' }, 'does not stand in /posts/a/'],
    ['a post that does not exist', { relevant: ['/posts/c/'] }, 'a1 names /posts/c/'],
    ['a fact without a post', { relevant: [] }, 'relevant'],
    ['a path that is no post', { relevant: ['posts/a'] }, 'relevant'],
    ['an unknown kind', { kind: 'guess' }, 'kind'],
    ['an unanswerable question with an answer', { kind: 'unanswerable', relevant: [] }, 'answer'],
    ['one post twice', { kind: 'two-post', relevant: [...A, ...A] }, 'twice'],
    ['a key too many', { note: 'x' }, 'note'],
  ])('%s', (_, fields, named) => {
    const build = () => golden({ ...FACT, ...fields }, ...REST);
    expect(build).toThrow(/^questions-x\.jsonl:1: /);
    expect(build).toThrow(named);
  });

  it('two questions of one id', () => {
    expect(() => golden(FACT, FACT, ...REST)).toThrow('a1: is the id of two questions');
  });

  it('a set in which a kind is missing', () => {
    expect(() => golden(...REST)).toThrow('fact: has no question');
  });

  it('a line that is no JSON', () => {
    const files = new Map([['questions-x.jsonl', `${lines(FACT)}{"id":\n`]]);
    expect(() => goldenLines(files, TEXTS)).toThrow(/^questions-x\.jsonl:2: /);
  });
});
