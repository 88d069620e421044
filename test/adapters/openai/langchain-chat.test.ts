import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLangChainChat } from '#adapters/openai/langchain-chat.ts';
import type { Json } from '#domain/hash.ts';
import {
  chatModelContract,
  chatRequest,
  PASSAGE,
  QUESTION,
  textOf,
} from '../../contracts/chat-model.ts';
import { createFakeClock } from '../../fakes/clock.ts';
import { collect, rejection } from '../../fakes/collect.ts';
import { type OpenAiServer, startOpenAiServer } from '../../fakes/openai-server.ts';

const signal = new AbortController().signal;
const request = chatRequest(QUESTION, [PASSAGE]);

let server: OpenAiServer;
const open = (provider: string, parameters: Readonly<Record<string, Json>> = {}) =>
  createLangChainChat({
    provider,
    model: 'gpt-test',
    parameters,
    timeoutMs: 60_000,
    retriesMax: 0,
    clock: createFakeClock(),
    random: () => 0,
  });
/** The one provider whose package is always there stands for all of them. */
const openInstalled = () =>
  open('openai', { apiKey: 'any', configuration: { baseURL: server.baseUrl } });

beforeEach(async () => {
  server = await startOpenAiServer();
});
afterEach(() => server.close());

describe('keeps the contract', () => {
  chatModelContract({
    next: (outcome) => {
      const answer = ['The archive was offline for 47 minutes', ' [1].'];
      server.script({ parts: outcome === 'answer' ? answer : ['NO_ANSWER'] });
      return openInstalled();
    },
  });
});

describe('any provider of LangChain', () => {
  it('is asked with the generation parameters', async () => {
    server.script({ parts: ['Yes.'], model: 'gpt-test-7' });
    const events = await collect(openInstalled().generate(request, signal));
    expect(textOf(events)).toBe('Yes.');
    expect(events.at(-1)).toMatchObject({ respondedBy: 'gpt-test-7' });
    expect(server.requests[0]?.body).toMatchObject({
      temperature: request.parameters.temperature,
      max_tokens: request.parameters.tokensMax,
    });
  });

  it('names the package that is missing', async () => {
    const failure = await rejection(collect(open('anthropic').generate(request, signal)));
    expect(failure).toMatchObject({ code: 'invalid_config', retryable: false });
    expect(String(failure)).toContain('npm install @langchain/anthropic');
  });

  it('names the providers there are when it is given another', async () => {
    const failure = await rejection(collect(open('acme').generate(request, signal)));
    expect(failure).toMatchObject({ code: 'invalid_config' });
    expect(String(failure)).toContain('anthropic');
  });

  it('maps errors as for OpenAI', async () => {
    server.script({ status: 503, error: { message: 'later', type: 'server_error' } });
    const failure = await rejection(collect(openInstalled().generate(request, signal)));
    expect(failure).toMatchObject({ code: 'upstream_unavailable', retryable: true });
  });
});
