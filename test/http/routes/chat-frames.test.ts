import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createChatFrames } from '#http/routes/chat-frames.ts';

const provenance = {
  answerId: 'answer-1',
  pairingId: 'pairing-1',
  channel: null,
  viewId: 'posts@v1',
  epoch: 1,
  promptId: 'answer@v1',
  modelId: 'told@v1',
  respondedBy: 'told',
};

it('carries any text whole, whatever the model is called', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'binary' }),
      fc.boolean(),
      (text, model, includeUsage) => {
        const frames = createChatFrames({ provenance, model, created: 1, includeUsage });
        const frame = frames.text(text);
        // One event, one line: nothing in the text may end it early.
        expect(frame).toMatch(/^data: [^\n\r]*\n\n$/);
        expect(JSON.parse(frame.slice('data: '.length))).toEqual({
          id: 'chatcmpl-answer-1',
          object: 'chat.completion.chunk',
          created: 1,
          model,
          system_fingerprint: 'pairing-1',
          choices: [{ index: 0, delta: { content: text }, logprobs: null, finish_reason: null }],
          ...(includeUsage ? { usage: null } : {}),
        });
      },
    ),
  );
});

it('keeps a model’s name apart from the text, even one that is made to look like it', () => {
  const model = '"\uE000text\uE000"';
  const frames = createChatFrames({ provenance, model, created: 1, includeUsage: false });
  expect(JSON.parse(frames.text('hello').slice(6))).toMatchObject({
    model,
    choices: [{ delta: { content: 'hello' } }],
  });
});
