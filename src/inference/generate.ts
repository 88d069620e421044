import type { ChatMessage, FinishReason, Question, TokenUsage } from '#domain/answer.ts';
import { AppError } from '#domain/errors.ts';
import {
  type Passage,
  type PromptVersion,
  renderPassages,
  renderTemplate,
} from '#domain/prompt.ts';
import { type ChatModel, type ChatRequest, NO_ANSWER } from '#ports/chat-model.ts';

/** What a generation came to. */
export type Generated = {
  readonly kind: 'answered' | 'no_answer';
  readonly text: string;
  readonly finishReason: FinishReason;
  readonly usage: TokenUsage;
  readonly respondedBy: string;
};

/**
 * The prompt's messages: its system text, the earlier turns as they were, and its user text around
 * the passages, which are quoted, and the question.
 */
export function renderMessages(
  prompt: Pick<PromptVersion, 'system' | 'user'>,
  question: Pick<Question, 'text' | 'history'>,
  passages: readonly Passage[],
): readonly ChatMessage[] {
  const values = { passages: renderPassages(passages), question: question.text.trim() };
  return [
    { role: 'system', content: renderTemplate(prompt.system, values) },
    ...question.history,
    { role: 'user', content: renderTemplate(prompt.user, values) },
  ];
}

/**
 * Yields an answer's text as it comes, and returns what it came to. The beginning is held back
 * until it is clear that it is not `NO_ANSWER`; of a refusal nothing is yielded. Rejects with a
 * retryable `upstream_unavailable` when the model ended without a word or without saying that it ended.
 */
export async function* generate(
  model: ChatModel,
  request: ChatRequest,
  signal: AbortSignal,
): AsyncGenerator<string, Generated> {
  let text = '';
  let yielded = 0;
  let verdict: Verdict = 'undecided';
  for await (const event of model.generate(request, signal)) {
    if (event.kind === 'text') {
      text += event.text;
      if (verdict === 'undecided') verdict = judge(text);
      if (verdict !== 'answer' || text.length === yielded) continue;
      const fresh = text.slice(yielded);
      yielded = text.length;
      yield fresh;
      continue;
    }
    const { kind: _, ...outcome } = event;
    requireText(text, outcome);
    // What is undecided at the end is the bare marker, or a text that is shorter.
    if (verdict === 'refusal' || text.trim() === NO_ANSWER) {
      return { ...outcome, kind: 'no_answer', text: '' };
    }
    if (yielded < text.length) yield text.slice(yielded);
    return { ...outcome, kind: 'answered', text };
  }
  throw new AppError('upstream_unavailable', 'the chat model broke off before it ended.', {
    retryable: true,
  });
}

/** Nothing said is an answer only when a filter took it away. */
function requireText(
  text: string,
  { finishReason, respondedBy }: Pick<Generated, 'finishReason' | 'respondedBy'>,
): void {
  if (text.trim() !== '' || finishReason === 'content_filter') return;
  throw finishReason === 'length'
    ? new AppError(
        'upstream_rejected',
        `${respondedBy} spent all of generation.tokensMax without a word of text; make a pairing ` +
          'with more.',
      )
    : new AppError('upstream_unavailable', `${respondedBy} answered without any text.`, {
        retryable: true,
      });
}

type Verdict = 'answer' | 'refusal' | 'undecided';

/**
 * A text that begins with `NO_ANSWER` and goes on in the same sentence speaks about the word; one
 * that stops there, or goes on after punctuation or on a new line, refuses.
 */
function judge(text: string): Verdict {
  const start = text.trimStart();
  if (!start.startsWith(NO_ANSWER)) return NO_ANSWER.startsWith(start) ? 'undecided' : 'answer';
  const rest = start.slice(NO_ANSWER.length);
  if (/^ *[\p{L}\p{N}_]/u.test(rest)) return 'answer';
  return /^ *$/.test(rest) ? 'undecided' : 'refusal';
}
