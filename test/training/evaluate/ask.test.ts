import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '#domain/errors.ts';
import type { GoldenQuestion } from '#domain/evaluation.ts';
import { askQuestion, byDocument } from '#training/evaluate/ask.ts';
import { mapConcurrently } from '#training/evaluate/ask-all.ts';
import { createFakeAnswerer, type ScriptedAnswer } from '../../fakes/answerer.ts';
import { never } from '../world.ts';

const asked = { pairingId: 'pairing-0123', viewId: 'posts@v1', epoch: 3 };
const golden: GoldenQuestion = {
  id: 'q1',
  kind: 'fact',
  question: 'How long?',
  relevant: ['/a', '/b'],
  answer: '47 minutes',
};
const ask = (scripted: ScriptedAnswer, question: Partial<GoldenQuestion> = {}) =>
  askQuestion(
    createFakeAnswerer(asked, () => scripted),
    { ...golden, ...question },
    asked,
    never(),
  );

const hits = [
  { url: '/x', score: 0.9 },
  { url: '/a', score: 0.8 },
  { url: '/a', score: 0.7 },
  { url: '/b', score: 0.1 },
];

describe('byDocument', () => {
  it('counts each document by its best chunk; ties go by URL, descending', () => {
    const ranking = byDocument([
      { url: '/b', score: 0.2 },
      { url: '/a', score: 0.5 },
      { url: '/b', score: 0.5 },
      { url: '/c', score: 0.7 },
    ]);
    expect(ranking).toEqual([
      { url: '/c', score: 0.7 },
      { url: '/b', score: 0.5 },
      { url: '/a', score: 0.5 },
    ]);
  });

  it('does not depend on the order of the hits', () => {
    const hit = fc.record({
      url: fc.constantFrom('/a', '/b', '/c'),
      score: fc.constantFrom(0, 1, 2),
    });
    const orders = fc
      .array(hit)
      .chain((list) =>
        fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
      );
    fc.assert(
      fc.property(orders, ([one, other]) => {
        expect(byDocument(one)).toEqual(byDocument(other));
      }),
    );
  });
});

describe('askQuestion', () => {
  it('measures the ranking, the citations and the answer', async () => {
    const scripted = { hits, text: 'It took 47 minutes [1][2].', cites: ['/a', '/x'] };
    const result = await ask(scripted);
    expect(result).toMatchObject({
      questionId: 'q1',
      recallAt5: 1,
      reciprocalRankAt10: 0.5,
      citationPrecision: 0.5,
      answered: true,
      answerFound: true,
      answerId: 'answer to How long?',
      error: null,
    });
    expect(result.ndcgAt10).toBeCloseTo(0.6934264036172708, 12);
    expect(result.ranking.map(({ url }) => url)).toEqual(['/x', '/a', '/b']);
  });

  it('asks the pairing at the epoch of the evaluation', async () => {
    const answerer = createFakeAnswerer(asked, () => ({ hits, text: null }));
    await askQuestion(answerer, golden, asked, never());
    expect(
      answerer.calls.map(({ method, question }) => [method, question.target, question.epoch]),
    ).toEqual([
      ['search', 'pairing-0123', 3],
      ['answer', 'pairing-0123', 3],
    ]);
  });

  it('asks for more chunks until ten documents are among them', async () => {
    const many = [
      ...Array.from({ length: 120 }, () => ({ url: '/long', score: 1 })),
      ...Array.from({ length: 12 }, (_, at) => ({ url: `/${at}`, score: 0.5 - at / 100 })),
    ];
    const answerer = createFakeAnswerer(asked, () => ({ hits: many, text: null }));
    const result = await askQuestion(answerer, golden, asked, never());
    expect(result.ranking).toHaveLength(10);
    expect(answerer.calls.filter(({ method }) => method === 'search')).toHaveLength(3);
  });

  it('holds neither precision nor a found answer against a refusal', async () => {
    expect(await ask({ hits, text: null })).toMatchObject({
      answered: false,
      citationPrecision: null,
      answerFound: false,
      recallAt5: 1,
    });
  });

  it('has no ranking metrics for an unanswerable question', async () => {
    const unanswerable = { kind: 'unanswerable', relevant: [], answer: null } as const;
    expect(await ask({ hits, text: 'Yes [1].', cites: ['/x'] }, unanswerable)).toMatchObject({
      recallAt5: null,
      reciprocalRankAt10: null,
      ndcgAt10: null,
      citationPrecision: null,
      answered: true,
      answerFound: null,
    });
  });

  it('turns a failure into a failed result with its error', async () => {
    const failing = createFakeAnswerer(asked, () => {
      throw new AppError('rate_limited', 'slow down');
    });
    expect(await askQuestion(failing, golden, asked, never())).toEqual({
      questionId: 'q1',
      kind: 'fact',
      ranking: [],
      recallAt5: 0,
      reciprocalRankAt10: 0,
      ndcgAt10: 0,
      citationPrecision: null,
      answered: false,
      answerFound: false,
      answerId: null,
      error: 'rate_limited: slow down',
    });
  });

  it('fails a question that another pairing or epoch answered', async () => {
    const other = createFakeAnswerer({ ...asked, viewId: 'posts@v2' }, () => ({
      hits,
      text: null,
    }));
    const result = await askQuestion(other, golden, asked, never());
    expect(result.error).toMatch(/asked pairing-0123 at posts@v1#3, but .* posts@v2#3 answered/);
  });

  it('throws when it is cancelled', async () => {
    const stop = new AbortController();
    const answerer = createFakeAnswerer(asked, () => {
      stop.abort(new AppError('cancelled', 'stopped'));
      throw new AppError('upstream_unavailable', 'connection closed');
    });
    await expect(askQuestion(answerer, golden, asked, stop.signal)).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});

describe('mapConcurrently', () => {
  it('keeps the order and the limit', async () => {
    let running = 0;
    let most = 0;
    const results = await mapConcurrently([3, 1, 2, 5, 4], 2, async (value) => {
      running += 1;
      most = Math.max(most, running);
      for (let turn = 0; turn < value; turn += 1) await Promise.resolve();
      running -= 1;
      return value * 10;
    });
    expect(results).toEqual([30, 10, 20, 50, 40]);
    expect(most).toBe(2);
  });

  it('starts nothing after a failure, and waits for what is under way', async () => {
    const started: number[] = [];
    let ended = 0;
    const mapping = mapConcurrently([0, 1, 2, 3], 2, async (value) => {
      started.push(value);
      if (value === 0) throw new Error('broken');
      await Promise.resolve();
      ended += 1;
    });
    await expect(mapping).rejects.toThrow('broken');
    expect([started, ended]).toEqual([[0, 1], 1]);
  });

  it.each([0, -1, 1.5])('refuses %d at a time', async (concurrencyMax) => {
    await expect(mapConcurrently([1], concurrencyMax, async () => 1)).rejects.toMatchObject({
      code: 'invalid_input',
    });
  });
});
