import { expect, it } from 'vitest';
import { toAppError } from '#domain/errors.ts';
import { GENERATION_DEFAULTS } from '#domain/pairing.ts';
import type { Passage } from '#domain/prompt.ts';
import { type ChatEvent, type ChatModel, type ChatRequest, NO_ANSWER } from '#ports/chat-model.ts';
import { collect, rejection } from '../fakes/collect.ts';

/** A question that the passage answers, in words that any model of the suite can match. */
export const PASSAGE: Passage = {
  number: 1,
  pointId: 'point-1',
  title: 'Crawling politely',
  url: 'https://example.org/crawling/',
  headingPath: ['The outage'],
  text: 'The maritime archive was offline for 47 minutes. It came back at noon.',
};
export const QUESTION = 'How long was the maritime archive offline?';
const UNKNOWN = 'Which visa do I need to work in Norway?';

export const chatRequest = (question: string, passages: readonly Passage[]): ChatRequest => ({
  messages: [
    { role: 'system', content: 'Answer from the passages.' },
    { role: 'user', content: `${passages.map(({ text }) => text).join('\n')}\n${question}` },
  ],
  question,
  passages,
  parameters: GENERATION_DEFAULTS,
});

export const textOf = (events: readonly ChatEvent[]): string =>
  events.map((event) => (event.kind === 'text' ? event.text : '')).join('');

export type ChatModelCase = {
  /** Brings about that the next generation answers or refuses; a model that can, by itself. */
  readonly next: (outcome: 'answer' | 'refusal') => ChatModel | Promise<ChatModel>;
};

/** What every `ChatModel` promises. */
export function chatModelContract({ next }: ChatModelCase): void {
  const signal = new AbortController().signal;

  it('gives texts, then ends once with usage and the name of who answered', async () => {
    const model = await next('answer');
    const events = await collect(model.generate(chatRequest(QUESTION, [PASSAGE]), signal));
    const end = events.at(-1);
    expect(events.slice(0, -1).every(({ kind }) => kind === 'text')).toBe(true);
    expect(end).toMatchObject({ kind: 'ended', finishReason: 'stop' });
    if (end?.kind !== 'ended') return;
    expect(end.respondedBy).not.toBe('');
    expect(end.usage.promptTokens).toBeGreaterThan(0);
    expect(end.usage.completionTokens).toBeGreaterThan(0);
  });

  it('answers from the passage and cites it by its number', async () => {
    const model = await next('answer');
    const request = chatRequest(QUESTION, [{ ...PASSAGE, number: 1 }]);
    const text = textOf(await collect(model.generate(request, signal)));
    expect(text).toContain('47 minutes');
    expect(text).toContain('[1]');
  });

  it('gives NO_ANSWER alone when the passages do not answer', async () => {
    const model = await next('refusal');
    const request = chatRequest(UNKNOWN, [PASSAGE]);
    expect(textOf(await collect(model.generate(request, signal)))).toBe(NO_ANSWER);
  });

  it('gives nothing after an abort', async () => {
    const model = await next('answer');
    const controller = new AbortController();
    const seen: ChatEvent[] = [];
    const reading = (async () => {
      for await (const event of model.generate(
        chatRequest(QUESTION, [PASSAGE]),
        controller.signal,
      )) {
        seen.push(event);
        controller.abort();
      }
    })();
    const failure = await rejection(reading);
    expect(toAppError(failure).code).toBe('cancelled');
    expect(seen).toHaveLength(1);
  });

  it('does not begin when it is aborted before', async () => {
    const model = await next('answer');
    const events = model.generate(chatRequest(QUESTION, [PASSAGE]), AbortSignal.abort());
    const failure = await rejection(collect(events));
    expect(toAppError(failure).code).toBe('cancelled');
  });
}
