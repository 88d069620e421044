import type { Answer, Hit, Provenance, Question, RetrievalExplanation } from '#domain/answer.ts';
import type { Answerer, SearchedQuestion } from '#ports/answerer.ts';
import type { Ids } from '#ports/system.ts';

export type ToldAnswerer = Answerer & {
  readonly questions: readonly SearchedQuestion[];
  /** Answers whose generator was left, by its end, an error or the caller. */
  readonly left: () => number;
  /** Resolves once so many answers were left. */
  whenLeft(count: number): Promise<void>;
};

/** Says the texts of an answer one after the other; may wait, and may throw. */
export type Tell = (question: Question, signal: AbortSignal) => AsyncIterable<string>;

export const ANSWER = 'Run `lockstep rollback` [1].';

async function* tellAnswer(): AsyncGenerator<string> {
  for (const word of ANSWER.split(/(?<= )/)) yield word;
}

/** Texts that come to nothing are a `no_context` answer. */
export const NO_CONTEXT = 'The posts do not answer this question.';

const hit: Hit = {
  pointId: 'point-1',
  documentId: 'document-1',
  revisionId: 'revision-1',
  url: 'https://blog.example/rollback',
  title: 'How to roll back',
  headingPath: ['Rollback'],
  text: 'Run `lockstep rollback` to go back.',
  start: 0,
  end: 35,
  tokens: 9,
  score: 0.75,
  denseRank: 1,
  sparseRank: null,
  denseScore: 0.5,
  sparseScore: null,
  explanation: {
    fusedRank: 1,
    densePart: 0.75,
    sparsePart: 0,
    mmr: { position: 1, relevance: 1, similarity: 0, score: 0.5 },
    widened: { revisionId: 'revision-0', start: 0, end: 20, pointIds: ['point-1', 'point-9'] },
  },
};

const EXPLANATION: RetrievalExplanation = {
  searchedFor: 'roll back',
  fusion: 'sum',
  denseWeight: 0.75,
  rrfK: null,
  candidates: 100,
  dense: { points: 2, least: 0.1, greatest: 0.5 },
  sparse: null,
  fused: { points: 2, least: 0.25, greatest: 0.75 },
  hitsPerDocumentMax: null,
  mmrLambda: 0.5,
};

type Options = { readonly pairingId: string; readonly ids: Ids; readonly tell?: Tell };

/** An answerer that streams what it is told to, with one hit and one citation. */
export function createToldAnswerer({ pairingId, ids, tell = tellAnswer }: Options): ToldAnswerer {
  const questions: SearchedQuestion[] = [];
  let left = 0;
  const watchers: { count: number; tellThem: () => void }[] = [];

  async function* stream(question: Question, signal: AbortSignal) {
    questions.push(question);
    try {
      const provenance = provenanceOf(question, pairingId, ids.next());
      yield { kind: 'started' as const, provenance };
      let text = '';
      for await (const part of tell(question, signal)) {
        text += part;
        yield { kind: 'text' as const, text: part };
      }
      if (text === '') yield { kind: 'text' as const, text: NO_CONTEXT };
      yield { kind: 'ended' as const, answer: answerOf(text, provenance) };
    } finally {
      left += 1;
      for (const { count, tellThem } of watchers) if (left >= count) tellThem();
    }
  }

  return {
    questions,
    left: () => left,
    whenLeft: (count) =>
      left >= count
        ? Promise.resolve()
        : new Promise((tellThem) => watchers.push({ count, tellThem })),
    stream,
    answer: async (question, signal) => {
      for await (const event of stream(question, signal)) {
        if (event.kind === 'ended') return event.answer;
      }
      throw new Error('the stream ends with an answer');
    },
    search: async (question, limit) => {
      questions.push(question);
      // The second one as it was recorded before explanations were.
      const { explanation: _, ...plain } = hit;
      const hits = [hit, { ...plain, pointId: 'point-2', score: 0.25, denseRank: 2 }];
      const { viewId, epoch } = provenanceOf(question, pairingId, '');
      const explanation = EXPLANATION;
      return { hits: hits.slice(0, limit), pairingId, viewId, epoch, explanation };
    },
  };
}

const provenanceOf = (question: Question, pairingId: string, answerId: string): Provenance => ({
  answerId,
  pairingId,
  channel: question.target.startsWith('pairing-') ? null : question.target,
  viewId: 'posts@v1',
  epoch: question.epoch ?? 42,
  promptId: 'answer@v1',
  modelId: 'told@v1',
  respondedBy: 'told-2026',
  ...(question.filter ? { filter: question.filter } : {}),
});

export function answerOf(text: string, provenance: Provenance): Answer {
  const usage = { promptTokens: 30, completionTokens: 7 };
  const common = { provenance, usage, finishReason: 'stop' } as const;
  if (text === '') return { ...common, kind: 'no_context', hits: [], text: NO_CONTEXT };
  const citation = {
    number: 1,
    start: 0,
    end: Math.min(23, text.length),
    pointId: hit.pointId,
    documentId: hit.documentId,
    url: hit.url,
    title: hit.title,
    verbatim: true,
  };
  const answered = { ...common, kind: 'answered', hits: [hit], text } as const;
  return { ...answered, citations: [citation], explanation: EXPLANATION };
}
