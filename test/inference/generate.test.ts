import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FinishReason } from '#domain/answer.ts';
import { type Generated, generate } from '#inference/generate.ts';
import { NO_ANSWER } from '#ports/chat-model.ts';
import { chatRequest } from '../contracts/chat-model.ts';
import { createFakeChat } from '../fakes/chat-model.ts';
import { rejection } from '../fakes/collect.ts';

async function run(pieces: readonly string[], finishReason: FinishReason = 'stop') {
  const chat = createFakeChat({ say: () => pieces, finishReason });
  const texts = generate(chat, chatRequest('Why?', []), new AbortController().signal);
  const yielded: string[] = [];
  for (;;) {
    const next: IteratorResult<string, Generated> = await texts.next();
    if (next.done) return { yielded, generated: next.value };
    yielded.push(next.value);
  }
}
const kindOf = async (...pieces: string[]) => (await run(pieces)).generated.kind;

describe('generate', () => {
  it('gives text on as it comes', async () => {
    const { yielded, generated } = await run(['It ', 'took ', '47 minutes [1].']);
    expect(yielded).toEqual(['It ', 'took ', '47 minutes [1].']);
    expect(generated).toMatchObject({ kind: 'answered', text: 'It took 47 minutes [1].' });
  });

  it('holds back only as long as it may still be a refusal', async () => {
    const { yielded } = await run(['N', 'O', ', it ', 'did not.']);
    expect(yielded).toEqual(['NO, it ', 'did not.']);
  });

  it.each([
    [['NO_ANSWER']],
    [['\n NO_', 'ANSWER \n']],
    [['NO_ANSWER.']],
    [['NO_ANSWER', '\n\nThe passages speak of boats.']],
    [['NO_ANSWER: nothing']],
  ])('takes %j for a refusal and gives nothing of it', async (pieces) => {
    const { yielded, generated } = await run(pieces);
    expect(yielded).toEqual([]);
    expect(generated).toMatchObject({ kind: 'no_answer', text: '' });
  });

  it('takes a text about the marker for an answer', async () => {
    expect(await kindOf('NO_ANSWER', ' is what a model says that does not know [1].')).toBe(
      'answered',
    );
    expect(await kindOf('NO_ANSWERS', ' were found.')).toBe('answered');
    expect(await kindOf('It says NO_ANSWER.')).toBe('answered');
    expect(await kindOf('NO_')).toBe('answered');
  });

  it('yields an answer’s text exactly once, however it is cut', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('NO_ANSWER', 'NO', '_', ' ', 'a', '.', '\n', 'ANSWER', '[1]'), {
          minLength: 1,
          maxLength: 8,
        }),
        async (pieces) => {
          fc.pre(pieces.join('').trim() !== '');
          const { yielded, generated } = await run(pieces);
          const isRefusal = generated.kind === 'no_answer';
          expect(yielded.join('')).toBe(isRefusal ? '' : pieces.join(''));
          const whole = await run([pieces.join('')]);
          expect(whole.generated.kind).toBe(generated.kind);
          if (isRefusal) expect(pieces.join('').trimStart().startsWith(NO_ANSWER)).toBe(true);
        },
      ),
    ));

  it('refuses an empty generation, by its reason', async () => {
    expect(await rejection(run([' ']))).toMatchObject({ code: 'upstream_unavailable' });
    expect(await rejection(run([], 'length'))).toMatchObject({ code: 'upstream_rejected' });
    expect((await run([], 'content_filter')).generated).toMatchObject({
      kind: 'answered',
      text: '',
      finishReason: 'content_filter',
    });
  });
});
