import { expect, it } from 'vitest';
import type { Answer, AnswerEvent, Question } from '#domain/answer.ts';
import { toAppError } from '#domain/errors.ts';
import type { Answerer } from '#ports/answerer.ts';
import { collect, rejection } from '../fakes/collect.ts';

export type AnswererCase = {
  readonly answerer: Answerer;
  /** Asks a channel of the answerer something that its posts answer. */
  readonly answerable: Question;
  /** Asks the same channel something they do not. */
  readonly unanswerable: Question;
};

const endOf = (events: readonly AnswerEvent[]): Answer => {
  const last = events.at(-1);
  if (last?.kind !== 'ended') throw new Error(`the last event is ${last?.kind}`);
  return last.answer;
};

/** What every `Answerer` promises, to HTTP, to the command line and to evaluation. */
export function answererContract(make: () => Promise<AnswererCase>): void {
  const signal = new AbortController().signal;

  it('streams one start, texts and one end, and the texts joined are the answer', async () => {
    const { answerer, answerable, unanswerable } = await make();
    for (const question of [answerable, unanswerable]) {
      const events = await collect(answerer.stream(question, signal));
      const kinds = events.map(({ kind }) => kind);
      expect(kinds[0]).toBe('started');
      expect(kinds.at(-1)).toBe('ended');
      expect(new Set(kinds.slice(1, -1))).toEqual(new Set(['text']));
      const texts = events.map((event) => (event.kind === 'text' ? event.text : ''));
      expect(texts.join('')).toBe(endOf(events).text);
    }
  });

  it('gives the same answer whole as streamed', async () => {
    const { answerer, answerable } = await make();
    const streamed = endOf(await collect(answerer.stream(answerable, signal)));
    const whole = await answerer.answer(answerable, signal);
    const unnamed = (answer: Answer) => ({ ...answer, provenance: null });
    expect(unnamed(whole)).toEqual(unnamed(streamed));
    expect(whole.provenance).toEqual({
      ...streamed.provenance,
      answerId: whole.provenance.answerId,
    });
    expect(whole.provenance.answerId).not.toBe(streamed.provenance.answerId);
  });

  it('cites only hits of the answer, at spans of its text', async () => {
    const { answerer, answerable } = await make();
    const answer = await answerer.answer(answerable, signal);
    if (answer.kind !== 'answered') throw new Error(`expected an answer, got ${answer.kind}`);
    expect(answer.citations.length).toBeGreaterThan(0);
    for (const { number, pointId, start, end } of answer.citations) {
      expect(answer.hits[number - 1]?.pointId).toBe(pointId);
      expect(answer.text.slice(start, end).trim()).not.toBe('');
      expect(answer.text.slice(end)).toContain(`[${number}]`);
    }
  });

  it('says plainly that it does not know', async () => {
    const { answerer, unanswerable } = await make();
    const answer = await answerer.answer(unanswerable, signal);
    expect(answer.kind).toBe('no_context');
    expect(answer.text).not.toBe('');
  });

  it('finds hits, best first and no more than asked for', async () => {
    const { answerer, answerable } = await make();
    const { hits } = await answerer.search(answerable, 2, signal);
    expect(hits.length).toBeGreaterThan(0);
    expect(hits.length).toBeLessThanOrEqual(2);
    const scores = hits.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
  });

  it('refuses an unknown channel, an unknown pairing and an unpublished epoch', async () => {
    const { answerer, answerable } = await make();
    const codeOf = async (changes: Partial<Question>) =>
      toAppError(await rejection(answerer.answer({ ...answerable, ...changes }, signal))).code;
    expect(await codeOf({ target: 'nowhere' })).toBe('unknown_channel');
    expect(await codeOf({ target: `pairing-${'0'.repeat(32)}` })).toBe('not_found');
    expect(await codeOf({ epoch: 10_000 })).toBe('not_found');
    expect(await codeOf({ epoch: 0 })).toBe('not_found');
  });

  it('is cancelled by an abort, before and during', async () => {
    const { answerer, answerable } = await make();
    const early = rejection(answerer.answer(answerable, AbortSignal.abort()));
    expect(toAppError(await early).code).toBe('cancelled');
    const controller = new AbortController();
    const reading = (async () => {
      for await (const event of answerer.stream(answerable, controller.signal)) {
        if (event.kind === 'text') controller.abort();
        expect(event.kind).not.toBe('ended');
      }
    })();
    expect(toAppError(await rejection(reading)).code).toBe('cancelled');
  });
}
