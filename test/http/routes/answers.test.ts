import { describe, expect, it } from 'vitest';
import { answerSchema, feedbackSchema } from '#http/routes/answers.ts';
import { ANSWER, answerOf } from '../told-answerer.ts';
import { createWorld, post } from '../world.ts';

const ID = '0198c0de-0000-8000-8000-000000000001';

async function createAnswered() {
  const world = await createWorld({ limits: { commentMax: 10 } });
  const provenance = {
    answerId: ID,
    pairingId: world.pairing.id,
    channel: 'production',
    viewId: 'posts@v1',
    epoch: 42,
    promptId: 'answer@v1',
    modelId: 'told@v1',
    respondedBy: 'told',
    filter: { tags: ['ops'], until: '2026-01-31' },
  };
  await world.answers.record({
    id: ID,
    question: 'How do I roll back?',
    answer: answerOf(ANSWER, provenance),
    at: '2026-01-01T00:00:00.000Z',
    durationMs: 12,
  });
  const rate = (id: string, body: object) =>
    world.app.request(`/v1/answers/${id}/feedback`, post(body));
  const read = (id: string) => world.app.request(`/v1/answers/${id}`);
  return { ...world, rate, read };
}

describe('an answer', () => {
  it('is found by its id and by its completion’s', async () => {
    const { read, pairing } = await createAnswered();
    for (const id of [ID, `chatcmpl-${ID}`]) {
      const answer = answerSchema.parse(await (await read(id)).json());
      expect(answer).toMatchObject({
        id: ID,
        question: 'How do I roll back?',
        text: ANSWER,
        at: '2026-01-01T00:00:00.000Z',
        duration_ms: 12,
        usage: { total_tokens: 37 },
        lockstep: { answer_id: ID, pairing: pairing.id, epoch: 42, kind: 'answered' },
        feedback: [],
      });
    }
  });

  it('tells which posts could answer, and how those that did were found', async () => {
    const { read } = await createAnswered();
    const { lockstep } = answerSchema.parse(await (await read(ID)).json());
    expect(lockstep.filter).toEqual({ tags: ['ops'], until: '2026-01-31' });
    expect(lockstep.retrieval).toMatchObject({ searched_for: 'roll back', candidates: 100 });
    expect(lockstep.hits[0]?.widened?.point_ids).toEqual(['point-1', 'point-9']);
  });

  it.each([ID.replace('1', '2'), 'chatcmpl-', "1'%20or%201=1", 'x'.repeat(65)])(
    'is not found by %s',
    async (id) => {
      const { read, rate } = await createAnswered();
      const missing = await read(id);
      expect(missing.status).toBe(404);
      expect(await missing.json()).toMatchObject({ error: { code: 'not_found', param: 'id' } });
      expect((await rate(id, { rating: 'up' })).status).toBe(404);
    },
  );
});

describe('feedback', () => {
  it('is kept with the answer, with the time and all of its words', async () => {
    const { rate, read } = await createAnswered();
    const created = await rate(`chatcmpl-${ID}`, { rating: 'down', comment: 'no source' });
    expect(created.status).toBe(201);
    expect(feedbackSchema.parse(await created.json())).toEqual({
      object: 'feedback',
      answer_id: ID,
      rating: 'down',
      comment: 'no source',
      at: '2026-01-02T03:04:05.000Z',
    });
    await rate(ID, { rating: 'up' });
    const { feedback } = answerSchema.parse(await (await read(ID)).json());
    expect(feedback).toEqual([
      { rating: 'down', comment: 'no source', at: '2026-01-02T03:04:05.000Z' },
      { rating: 'up', comment: '', at: '2026-01-02T03:04:05.000Z' },
    ]);
  });

  it.each([
    ['no rating', {}, 'rating'],
    ['another rating', { rating: 'meh' }, 'rating'],
    ['too long a comment', { rating: 'up', comment: 'x'.repeat(11) }, 'comment'],
    ['an unknown field', { rating: 'up', stars: 5 }, 'stars'],
  ])('refuses %s', async (_what, body, param) => {
    const { rate, read } = await createAnswered();
    const refused = await rate(ID, body);
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ error: { param } });
    expect(answerSchema.parse(await (await read(ID)).json()).feedback).toEqual([]);
  });
});
