import type { Answer, Provenance } from '#domain/answer.ts';
import type { Problem } from '../problem.ts';
import { completionId, wireAnnotations, wireLockstep, wireUsage } from '../wire.ts';

/** The server-sent events of one streamed completion. */
export type ChatFrames = {
  readonly role: string;
  text(text: string): string;
  /** Finish reason, annotations and provenance; then usage when it was asked for; then the end. */
  end(answer: Answer): string;
};

export const KEEP_ALIVE_FRAME = ': keep-alive\n\n';

/** What OpenAI's clients throw in the middle of a stream. */
export const problemFrame = (problem: Problem): string => `data: ${JSON.stringify(problem)}\n\n`;

type FramesOptions = {
  readonly provenance: Provenance;
  readonly model: string;
  readonly created: number;
  readonly includeUsage: boolean;
};

/** All but the text is the same in every chunk, so it is written once. */
export function createChatFrames(options: FramesOptions): ChatFrames {
  const { provenance, model, created, includeUsage } = options;
  const head = {
    id: completionId(provenance.answerId),
    object: 'chat.completion.chunk',
    created,
    model,
    system_fingerprint: provenance.pairingId,
  };
  const usageMember = includeUsage ? { usage: null } : {};
  const chunk = (body: object) => `data: ${JSON.stringify({ ...head, ...body })}\n\n`;
  const delta = (content: object) =>
    chunk({
      choices: [{ index: 0, delta: content, logprobs: null, finish_reason: null }],
      ...usageMember,
    });
  const [before = '', after = ''] = delta({ content: SLOT }).split(JSON.stringify(SLOT));
  return {
    role: delta({ role: 'assistant', content: '', refusal: null }),
    text: (text) => `${before}${JSON.stringify(text)}${after}`,
    end: (answer) => {
      const last = chunk({
        choices: [
          {
            index: 0,
            delta: { annotations: wireAnnotations(answer) },
            logprobs: null,
            finish_reason: answer.finishReason,
          },
        ],
        ...usageMember,
        lockstep: wireLockstep(answer),
      });
      const usage = includeUsage ? chunk({ choices: [], usage: wireUsage(answer) }) : '';
      return `${last}${usage}data: [DONE]\n\n`;
    },
  };
}

/** Where a chunk's text goes; a private-use character keeps a model's name from looking like it. */
const SLOT = '\uE000text\uE000';
