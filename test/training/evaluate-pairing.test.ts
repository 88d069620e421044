import { describe, expect, it } from 'vitest';
import { AppError } from '#domain/errors.ts';
import type { GoldenQuestion } from '#domain/evaluation.ts';
import type { OnProgress, Progress } from '#domain/run.ts';
import { goldenHashOf } from '#training/evaluate/golden.ts';
import { evaluatePairing } from '#training/pipeline.ts';
import { createFakeAnswerer, type ScriptedAnswer } from '../fakes/answerer.ts';
import { blogPosts } from './posts.ts';
import { createEvaluable } from './releases.ts';
import { contents, never, ORIGIN, quiet } from './world.ts';

const golden: readonly GoldenQuestion[] = Array.from({ length: 6 }, (_, at) => ({
  id: `q${at}`,
  kind: at === 5 ? 'unanswerable' : 'fact',
  question: `Question ${at}?`,
  relevant: at === 5 ? [] : [`${ORIGIN}/${at}/`],
  answer: at === 5 ? null : `answer ${at}`,
}));

/** Finds and cites the right document, and refuses the last question. */
const perfect = (text: string): ScriptedAnswer => {
  const at = /\d/.exec(text)?.[0];
  const url = `${ORIGIN}/${at}/`;
  const hits = [
    { url, score: 1 },
    { url: `${ORIGIN}/other/`, score: 0.5 },
  ];
  return { hits, text: at === '5' ? null : `The answer ${at} [1].`, cites: [url] };
};

async function evaluate(
  script: (text: string) => ScriptedAnswer | Promise<ScriptedAnswer> = perfect,
  request: {
    golden?: readonly GoldenQuestion[];
    epoch?: number | null;
    onProgress?: OnProgress;
  } = {},
) {
  const published = contents(blogPosts(3));
  const { world, pairing } = await createEvaluable(published, published);
  const answerer = createFakeAnswerer({ viewId: 'posts@v1', epoch: 2 }, ({ text }) => script(text));
  const { onProgress = quiet, ...rest } = request;
  const asked = { pairingId: pairing.id, epoch: null, golden, concurrencyMax: 2, ...rest };
  const evaluating = evaluatePairing({ ...world, answerer }, asked, onProgress, never());
  return { world, pairing, answerer, evaluating };
}

describe('evaluatePairing', () => {
  it('records what came of each question, in the order asked', async () => {
    const { world, pairing, answerer, evaluating } = await evaluate();
    const evaluation = await evaluating;
    expect(evaluation).toMatchObject({
      pairingId: pairing.id,
      viewId: 'posts@v1',
      epoch: 2,
      goldenHash: goldenHashOf(golden),
      metrics: { questions: 6, failed: 0, recallAt5: 1, answerFound: 1, refusedUnanswerable: 1 },
    });
    expect(evaluation.results.map(({ questionId }) => questionId)).toEqual(
      golden.map(({ id }) => id),
    );
    expect(await world.evaluations.latest(pairing.id)).toEqual(evaluation);
    expect(answerer.atOnce()).toBeLessThanOrEqual(2);
    expect(new Set(answerer.calls.map(({ question }) => question.epoch))).toEqual(new Set([2]));
  });

  it('asks an older epoch, and refuses one that is not published', async () => {
    const older = await evaluate(perfect, { epoch: 1 });
    expect((await older.evaluating).epoch).toBe(1);
    const open = await evaluate(perfect, { epoch: 3 });
    await expect(open.evaluating).rejects.toMatchObject({ code: 'not_found', param: 'epoch' });
    expect(open.answerer.calls).toEqual([]);
  });

  it('counts failed questions, and keeps their errors', async () => {
    const { evaluating } = await evaluate((text) => {
      if (text.includes('3')) throw new AppError('timeout', 'too late');
      return perfect(text);
    });
    const { metrics, results } = await evaluating;
    expect(metrics).toMatchObject({ questions: 6, failed: 1, recallAt5: 0.8, shareAnswered: 0.8 });
    expect(results[3]?.error).toBe('timeout: too late');
  });

  it('tells how many questions are done', async () => {
    const told: Progress[] = [];
    const { evaluating } = await evaluate(perfect, {
      onProgress: (progress) => told.push(progress),
    });
    await evaluating;
    expect(told.map(({ done, total }) => [done, total])).toEqual(
      [1, 2, 3, 4, 5, 6].map((done) => [done, 6]),
    );
  });

  it('refuses golden questions of another origin, and records nothing', async () => {
    const elsewhere = golden.map((question) => ({
      ...question,
      relevant: question.relevant.map((url) => url.replace(ORIGIN, 'http://127.0.0.1:4400')),
    }));
    const { world, evaluating } = await evaluate(perfect, { golden: elsewhere });
    await expect(evaluating).rejects.toMatchObject({
      code: 'invalid_input',
      param: 'origin',
      message: expect.stringMatching(/127\.0\.0\.1:4400, but the view holds documents of https:/),
    });
    expect(await world.evaluations.list()).toEqual([]);
  });

  it.each([
    ['no questions', []],
    ['two questions of one id', [...golden, ...golden]],
  ])('refuses %s', async (_, questions) => {
    const { evaluating } = await evaluate(perfect, { golden: questions });
    await expect(evaluating).rejects.toMatchObject({ code: 'invalid_input', param: 'golden' });
  });

  it('ends, and records nothing, when it is cancelled', async () => {
    const { world, pairing } = await createEvaluable(contents(blogPosts(3)));
    const stop = new AbortController();
    const answerer = createFakeAnswerer({ viewId: 'posts@v1', epoch: 1 }, ({ text }) => {
      if (text.includes('2')) stop.abort(new AppError('cancelled', 'stopped'));
      return perfect(text);
    });
    const request = { pairingId: pairing.id, epoch: null, golden, concurrencyMax: 1 };
    await expect(
      evaluatePairing({ ...world, answerer }, request, quiet, stop.signal),
    ).rejects.toMatchObject({ code: 'cancelled' });
    expect(await world.evaluations.list()).toEqual([]);
    expect(answerer.calls.some(({ question }) => question.text.includes('5'))).toBe(false);
  });
});
