import { ChatOpenAICompletions } from '@langchain/openai';
import type { ChatModel } from '#ports/chat-model.ts';
import type { Clock, Ids } from '#ports/system.ts';
import { streamChat } from './chat-stream.ts';

export type OpenAiChatOptions = {
  /** Of any server that speaks OpenAI's API; ends in `/v1` as a rule. `null` is OpenAI itself. */
  readonly baseUrl: string | null;
  /** `null` for a server that asks for none. */
  readonly apiKey: string | null;
  readonly model: string;
  /** Most time without a sign of life from the provider. */
  readonly timeoutMs: number;
  /** Attempts after the first, for what may pass by itself and before any text came. */
  readonly retriesMax: number;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly random: Ids['random'];
};

const OPENAI_URL = 'https://api.openai.com/v1';
/** The vendor's client wants a key even where the server does not. */
const NO_KEY = 'none';

/**
 * A chat model behind the OpenAI chat completions API, streamed. Always that API and never the
 * responses API, whatever the model's name: other servers speak only this one. Temperature, seed
 * and most tokens are sent with every request; usage is 0 when the server does not count.
 */
export function createOpenAiChat(options: OpenAiChatOptions): ChatModel {
  const { apiKey, baseUrl, model, ...rest } = options;
  return {
    generate: (request, signal) => {
      const { temperature, tokensMax, seed } = request.parameters;
      const chat = new ChatOpenAICompletions({
        model,
        temperature,
        maxTokens: tokensMax,
        apiKey: apiKey ?? NO_KEY,
        maxRetries: 0,
        // `null` keeps the vendor's client from looking into the environment; nor may it print.
        configuration: {
          baseURL: baseUrl ?? OPENAI_URL,
          organization: null,
          project: null,
          logLevel: 'off',
        },
      });
      const stream = {
        ...rest,
        model,
        name: `openai:${model}`,
        secret: apiKey,
        endsWithReason: true,
      };
      return streamChat(
        { ...stream, open: (messages, either) => chat.stream(messages, { signal: either, seed }) },
        request,
        signal,
      );
    },
  };
}
