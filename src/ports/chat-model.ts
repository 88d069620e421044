import type { ChatMessage, FinishReason, TokenUsage } from '../domain/answer.ts';
import type { GenerationParameters } from '../domain/pairing.ts';
import type { Passage } from '../domain/prompt.ts';

export type ChatRequest = {
  /** The rendered prompt: system, earlier turns, and the user message with the passages in it. */
  readonly messages: readonly ChatMessage[];
  /** The same, unrendered, for models that do not read prose. */
  readonly question: string;
  readonly passages: readonly Passage[];
  readonly parameters: GenerationParameters;
};

/** `text` any number of times, then `ended` once. */
export type ChatEvent =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'ended';
      readonly finishReason: FinishReason;
      readonly usage: TokenUsage;
      /** What the provider says answered. */
      readonly respondedBy: string;
    };

/** Messages to text. Cites passages as `[1]`; a model that finds no answer gives `NO_ANSWER`. */
export interface ChatModel {
  /**
   * Rejects with `rate_limited` or `upstream_unavailable` (retryable), `upstream_rejected` (not),
   * and with `upstream_unavailable` when a stream breaks off before it ended.
   */
  generate(request: ChatRequest, signal: AbortSignal): AsyncIterable<ChatEvent>;
}

/** The whole text of a generation that did not find an answer in the passages. */
export const NO_ANSWER = 'NO_ANSWER';
