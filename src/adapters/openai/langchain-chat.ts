import { initChatModel } from 'langchain';
import { AppError } from '#domain/errors.ts';
import type { Json } from '#domain/hash.ts';
import type { ChatModel, ChatRequest } from '#ports/chat-model.ts';
import type { Clock, Ids } from '#ports/system.ts';
import { streamChat } from './chat-stream.ts';

export type LangChainChatOptions = {
  /** As LangChain's `initChatModel` names it: `anthropic`, `ollama`, `mistralai`. */
  readonly provider: string;
  readonly model: string;
  /** Further fields of the provider's class, such as `topP` or `baseUrl`; never a key. */
  readonly parameters: Readonly<Record<string, Json>>;
  readonly timeoutMs: number;
  readonly retriesMax: number;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly random: Ids['random'];
};

/**
 * A chat model of any provider that LangChain knows. Its class comes from the provider's own
 * package, which is installed beside Lockstep and reads its own key from the environment; without
 * it `generate` rejects with `invalid_config` naming the package. Seeds are not sent: most
 * providers have none.
 */
export function createLangChainChat(options: LangChainChatOptions): ChatModel {
  const { provider, model, parameters, ...rest } = options;
  const name = `${provider}:${model}`;
  const open = async (request: ChatRequest) => {
    const { temperature, tokensMax } = request.parameters;
    try {
      return await initChatModel(model, {
        ...parameters,
        modelProvider: provider,
        temperature,
        maxTokens: tokensMax,
        maxRetries: 0,
      });
    } catch (thrown) {
      throw new AppError('invalid_config', `${name} cannot be asked: ${remedy(thrown)}`, {
        param: 'model',
        cause: thrown,
      });
    }
  };
  return {
    generate: (request, signal) =>
      streamChat(
        {
          ...rest,
          name,
          model,
          secret: null,
          endsWithReason: false,
          open: async (messages, either) =>
            (await open(request)).stream(messages, { signal: either }),
        },
        request,
        signal,
      ),
  };
}

function remedy(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const missing = /^Unable to import (\S+?)\.? /.exec(message)?.[1];
  return missing === undefined ? message : `run npm install ${missing}, then start again.`;
}
