import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { goldenHashOf, parseGolden } from '#training/evaluate/golden.ts';
import { ORIGIN } from '../world.ts';

const SOUND = {
  id: 'q1',
  kind: 'fact',
  question: 'How long?',
  relevant: ['/a/'],
  answer: '47 minutes',
};
const line = (rest: object = {}) => JSON.stringify({ ...SOUND, ...rest });
const parse = (text: string, origin: string | null = ORIGIN) =>
  parseGolden(text, 'g.jsonl', origin);

describe('parseGolden', () => {
  it('resolves paths against the origin, and keeps URLs', () => {
    const relevant = ['/a/', 'https://other.example/b#part', '/a/#again'];
    const [question] = parse(`\ufeff${line({ relevant })}\r\n\n`);
    expect(question).toEqual({
      ...SOUND,
      relevant: [`${ORIGIN}/a/`, 'https://other.example/b'],
    });
  });

  it('takes an absent answer for none', () => {
    const unanswerable = { id: 'u', kind: 'unanswerable', question: 'Q?', relevant: [] };
    expect(parse(JSON.stringify(unanswerable))[0]?.answer).toBeNull();
  });

  it('names every fault with its line', () => {
    const text = [
      line(),
      '{broken',
      line({ id: 'q2', kind: 'riddle' }),
      '',
      line({ id: 'q3', relevant: [] }),
      line({ id: 'q4', kind: 'unanswerable' }),
      line(),
      line({ id: 'q5', surplus: 1 }),
      line({ id: 'q6', question: ' ' }),
      line({ id: 'q7', relevant: ['http://['] }),
    ].join('\n');
    const faults = [
      /:2: no JSON: /,
      /:3: kind: /,
      /:5: an answerable question names its relevant documents/,
      /:6: an unanswerable question has neither/,
      /:7: id q1 is that of line 1/,
      /:8: Unrecognized key/,
      /:9: question: /,
      /:10: relevant: "http:\/\/\[" is no URL/,
    ];
    let message = '';
    try {
      parse(text);
    } catch (thrown) {
      message = thrown instanceof Error ? thrown.message : '';
    }
    const [head, ...lines] = message.split('\n');
    expect(head).toBe('golden questions are at fault:');
    expect(lines).toHaveLength(faults.length);
    for (const [at, fault] of faults.entries()) expect(lines[at]).toMatch(fault);
  });

  it.each([
    ['nothing', '\n\n', ORIGIN, /holds no question/],
    ['a bad origin', line(), 'blog', /"blog" is no origin/],
    ['a path without an origin', line(), null, /give the origin/],
  ])('refuses %s', (_, text, origin, message) => {
    expect(() => parse(text, origin)).toThrow(message);
  });

  it('needs no origin for URLs', () => {
    expect(parse(line({ relevant: [`${ORIGIN}/a/`] }), null)[0]?.relevant).toEqual([
      `${ORIGIN}/a/`,
    ]);
  });

  const sample = 'datasets/sample/golden.jsonl';
  it.skipIf(!existsSync(sample))('reads the golden questions of the sample site', () => {
    const golden = parseGolden(readFileSync(sample, 'utf8'), sample, ORIGIN);
    expect(golden.length).toBeGreaterThan(50);
    expect(new Set(golden.map(({ kind }) => kind)).size).toBe(4);
  });
});

it('hashes questions by all that is asked', () => {
  const hash = (rest: object) => goldenHashOf(parse(line(rest)));
  const hashes = [{}, { id: 'x' }, { question: 'Why?' }, { relevant: ['/b/'] }, { answer: 'no' }];
  expect(new Set(hashes.map(hash)).size).toBe(hashes.length);
  expect(hash({})).toBe(hash({}));
});
