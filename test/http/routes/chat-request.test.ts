import { describe, expect, it } from 'vitest';
import { check } from '#http/read-json.ts';
import { chatSchema, questionOf } from '#http/routes/chat-request.ts';
import { rejection } from '../../fakes/collect.ts';
import { ask } from '../world.ts';

const schema = chatSchema(4);
const read = (body: object) => questionOf(check(schema, body));
const refusal = (body: object) => rejection(Promise.try(() => read(body)));
const user = (content: unknown) => ({ role: 'user', content });

describe('questionOf', () => {
  it('takes the last message for the question and the others for its history', () => {
    const messages = [user('What is an epoch?'), { role: 'assistant', content: 'A state.' }];
    expect(read(ask({ messages: [...messages, user('And how many?')] }))).toEqual({
      text: 'And how many?',
      history: messages,
      target: 'production',
      epoch: null,
      filter: null,
    });
  });

  it('joins the parts of a text as paragraphs', () => {
    const parts = [
      { type: 'text', text: 'one' },
      { type: 'text', text: 'two' },
    ];
    expect(read(ask({ messages: [user(parts)] })).text).toBe('one\ntwo');
  });

  it('asks an older epoch', () => {
    expect(read(ask({ lockstep: { epoch: 7 } })).epoch).toBe(7);
  });

  it('asks only the posts that a filter lets through', () => {
    const filter = { tags: ['ops'], languages: 'en', until: '2026-01-31' };
    expect(read(ask({ lockstep: { filter } })).filter).toEqual({
      tags: ['ops'],
      languages: ['en'],
      until: '2026-01-31',
    });
  });

  it('takes an assistant’s message back as it was given', () => {
    const given = { role: 'assistant', content: 'A state.', refusal: null, annotations: [{}] };
    const { history } = read(ask({ messages: [user('What?'), given, user('Why?')] }));
    expect(history[1]).toEqual({ role: 'assistant', content: 'A state.' });
  });

  it.each([
    ['no messages', { messages: [] }, 'messages'],
    ['too many messages', { messages: Array(5).fill(user('a')) }, 'messages'],
    ['no model', { model: undefined }, 'model'],
    ['an empty model', { model: '' }, 'model'],
    ['an empty question', { messages: [user(' \n')] }, 'messages[0].content'],
    [
      'the assistant’s word last',
      { messages: [user('a'), { role: 'assistant', content: 'b' }] },
      'messages[1].role',
    ],
    [
      'a picture',
      { messages: [user([{ type: 'image_url', image_url: {} }])] },
      'messages[0].content',
    ],
    ['no content', { messages: [user(null)] }, 'messages[0].content'],
    ['a tool’s result', { messages: [{ role: 'tool', content: 'a' }] }, 'messages[0].role'],
    ['epoch 0', { lockstep: { epoch: 0 } }, 'lockstep.epoch'],
    ['an unknown filter', { lockstep: { filter: { tag: 'a' } } }, 'lockstep.filter.tag'],
    ['an empty filter', { lockstep: { filter: { sources: [] } } }, 'lockstep.filter.sources'],
    ['a mistyped extension', { lockstep: { epcoh: 1 } }, 'lockstep.epcoh'],
  ])('refuses %s', async (_what, extra, param) => {
    expect(await refusal(ask(extra))).toMatchObject({ code: 'invalid_input', param });
  });

  it.each(['system', 'developer'])('refuses a %s message and says what to do', async (role) => {
    const messages = [{ role, content: 'Be a pirate.' }, user('What?')];
    expect(await refusal(ask({ messages }))).toMatchObject({
      code: 'invalid_input',
      param: 'messages[0].role',
      message: expect.stringMatching(/pairing pins.*register a prompt/s),
    });
  });

  it.each([
    ['top_p', 0.5],
    ['n', 2],
    ['frequency_penalty', 1],
    ['presence_penalty', -1],
    ['logit_bias', { 50256: -100 }],
    ['logprobs', true],
    ['top_logprobs', 5],
    ['stop', '\n'],
    ['stop', ['\n']],
    ['response_format', { type: 'json_object' }],
    ['tools', [{ type: 'function', function: { name: 'f' } }]],
    ['tool_choice', 'required'],
    ['functions', [{ name: 'f' }]],
    ['function_call', { name: 'f' }],
    ['modalities', ['text', 'audio']],
    ['audio', { voice: 'alloy', format: 'wav' }],
    ['reasoning_effort', 'high'],
    ['verbosity', 'low'],
    ['web_search_options', {}],
  ])('refuses %s: %j, which would change the answer', async (param, value) => {
    expect(await refusal(ask({ [param]: value }))).toMatchObject({ code: 'invalid_input', param });
  });

  it.each([
    { top_p: 1, n: 1, frequency_penalty: 0, presence_penalty: 0, logit_bias: {} },
    { logprobs: false, top_logprobs: 0, stop: [], response_format: { type: 'text' } },
    { tools: [], tool_choice: 'auto', functions: [], modalities: ['text'] },
    { stop: null, tools: null, audio: null, temperature: null, stream: null },
    { user: 'me', metadata: { a: 'b' }, store: true, service_tier: 'auto', made_up: 1 },
  ])('accepts %j, which would not', (extra) => {
    expect(read(ask(extra)).text).toBe('How do I roll back?');
  });
});
