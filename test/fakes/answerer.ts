import type { Answer, Hit, Question } from '#domain/answer.ts';
import type { Answerer } from '#ports/answerer.ts';

type ScriptedHit = { readonly url: string; readonly score: number; readonly text?: string };

/** What the fake finds and says for one question's text. */
export type ScriptedAnswer = {
  /** Hits in any order; `search` gives the best first, and no more than asked for. */
  readonly hits: readonly ScriptedHit[];
  /** `null` refuses. */
  readonly text: string | null;
  /** URLs that the answer cites, in order. */
  readonly cites?: readonly string[];
};

export type FakeAnswerer = Answerer & {
  /** Every call, in order. */
  readonly calls: readonly { readonly method: 'search' | 'answer'; readonly question: Question }[];
  /** Most answers that were being given at one time. */
  readonly atOnce: () => number;
};

/** An answerer that says what its script says; a script that throws is a model that fails. */
export function createFakeAnswerer(
  at: { readonly viewId: string; readonly epoch: number },
  script: (question: Question, signal: AbortSignal) => ScriptedAnswer | Promise<ScriptedAnswer>,
): FakeAnswerer {
  const calls: { method: 'search' | 'answer'; question: Question }[] = [];
  let running = 0;
  let runningMax = 0;
  const epochOf = ({ epoch }: Question) => epoch ?? at.epoch;
  const answer = async (question: Question, signal: AbortSignal): Promise<Answer> => {
    calls.push({ method: 'answer', question });
    running += 1;
    runningMax = Math.max(runningMax, running);
    try {
      const scripted = await script(question, signal);
      return answerOf(scripted, question, { ...at, epoch: epochOf(question) });
    } finally {
      running -= 1;
    }
  };
  return {
    calls,
    atOnce: () => runningMax,
    answer,
    async *stream(question, signal) {
      const ended = await answer(question, signal);
      yield { kind: 'started', provenance: ended.provenance };
      yield { kind: 'text', text: ended.text };
      yield { kind: 'ended', answer: ended };
    },
    search: async (question, limit, signal) => {
      calls.push({ method: 'search', question });
      const { hits } = await script(question, signal);
      const sorted = hits.map(hitOf).sort((a, b) => b.score - a.score);
      const found = { viewId: at.viewId, epoch: epochOf(question), pairingId: question.target };
      return { hits: sorted.slice(0, limit), ...found };
    },
  };
}

function answerOf(
  scripted: ScriptedAnswer,
  question: Question,
  at: { readonly viewId: string; readonly epoch: number },
): Answer {
  const hits = scripted.hits.map(hitOf);
  const common = {
    provenance: {
      ...at,
      answerId: `answer to ${question.text}`,
      pairingId: question.target,
      channel: null,
      promptId: 'answer@v1',
      modelId: 'fake@v1',
      respondedBy: 'fake',
    },
    hits,
    usage: { promptTokens: 1, completionTokens: 1 },
    text: scripted.text ?? 'The posts do not answer this question.',
    finishReason: 'stop' as const,
  };
  if (scripted.text === null) return { kind: 'no_context', ...common };
  const citations = (scripted.cites ?? []).map((url, index) => ({
    number: index + 1,
    start: 0,
    end: 1,
    pointId: `point ${index}`,
    documentId: `document ${url}`,
    url,
    title: url,
    verbatim: true,
  }));
  return { kind: 'answered', citations, ...common };
}

const hitOf = ({ url, score, text = 'text' }: ScriptedHit, index: number): Hit => ({
  pointId: `point ${index}`,
  documentId: `document ${url}`,
  revisionId: `revision ${url}`,
  url,
  title: url,
  headingPath: [],
  text,
  start: 0,
  end: text.length,
  tokens: 1,
  score,
  denseRank: null,
  sparseRank: null,
  denseScore: null,
  sparseScore: null,
});
