import type { FinishReason } from '#domain/answer.ts';
import type { ChatModel, ChatRequest } from '#ports/chat-model.ts';

export type FakeChat = ChatModel & {
  readonly requests: readonly ChatRequest[];
  /** Generations that were ended before their end. */
  readonly leftEarly: () => number;
};

export type FakeChatOptions = {
  /** The pieces of what it says. */
  readonly say: (request: ChatRequest) => readonly string[];
  readonly finishReason?: FinishReason;
  readonly respondedBy?: string;
  /** Called before each piece; may wait, abort or throw. */
  readonly before?: (piece: number, signal: AbortSignal) => Promise<void> | void;
  /** False breaks off without an end. */
  readonly ends?: boolean;
};

/** A chat model that says what it is told to. */
export function createFakeChat(options: FakeChatOptions): FakeChat {
  const requests: ChatRequest[] = [];
  let leftEarly = 0;
  return {
    requests,
    leftEarly: () => leftEarly,
    generate: async function* (request, signal) {
      requests.push(request);
      let isOver = false;
      try {
        const pieces = options.say(request);
        for (const [piece, text] of pieces.entries()) {
          await options.before?.(piece, signal);
          signal.throwIfAborted();
          yield { kind: 'text', text };
        }
        isOver = true;
        if (options.ends === false) return;
        yield {
          kind: 'ended',
          finishReason: options.finishReason ?? 'stop',
          usage: { promptTokens: 10, completionTokens: pieces.length },
          respondedBy: options.respondedBy ?? 'fake-2026-01',
        };
      } finally {
        if (!isOver) leftEarly += 1;
      }
    },
  };
}
