import type { Answer, AnswerEvent, Provenance, Question } from '#domain/answer.ts';
import { AppError, toAppError } from '#domain/errors.ts';
import { retrievalOf } from '#domain/pairing.ts';
import type { Answerer } from '#ports/answerer.ts';
import { cite } from './cite.ts';
import type { InferenceDependencies } from './dependencies.ts';
import { type Entered, enter } from './enter.ts';
import { type Generated, generate, renderMessages } from './generate.ts';
import { type Grounding, ground, HITS_ASKED_FACTOR } from './ground.ts';
import { createSectionReader } from './read-sections.ts';
import { record } from './record.ts';
import type { Serving } from './resolve.ts';
import { type Retrieved, retrieve } from './retrieve.ts';
import { createWiden } from './widen.ts';

/** Said when the posts do not answer; never a model's own words. */
export const NO_CONTEXT_TEXT = 'The posts do not answer this question.';

/** `respondedBy` of an answer for which no model was asked. */
const NOBODY = 'none';
const SEARCH_LIMIT_MAX = 1_000;

/**
 * The answerer: resolve → rewrite → retrieve → ground → generate → cite → record. Channel and epoch
 * are read once, at the entry; what is published or promoted meanwhile is for the next question.
 * `provenance.respondedBy` is the model's reference when an answer has `started`, and what the
 * provider said when it has `ended`. `hits` are those that the model read: `hits[n − 1]` is `[n]`.
 */
export function createAnswerer(deps: InferenceDependencies): Answerer {
  async function* stream(question: Question, signal: AbortSignal): AsyncGenerator<AnswerEvent> {
    try {
      yield* answerEvents(deps, question, signal);
    } catch (thrown) {
      throw asAppError(thrown, signal);
    }
  }
  return {
    stream,
    answer: async (question, signal) => {
      for await (const event of stream(question, signal)) {
        if (event.kind === 'ended') return event.answer;
      }
      throw new AppError('internal', 'an answer neither ended nor failed');
    },
    search: async (question, limit, signal) => {
      try {
        requireCount('limit', limit);
        const { hitsPerDocumentMax } = question;
        if (typeof hitsPerDocumentMax === 'number') {
          requireCount('hitsPerDocumentMax', hitsPerDocumentMax);
        }
        const entered = await enter(deps, question, signal);
        const { serving, epoch } = entered;
        return {
          ...(await retrieve(deps, { ...entered, limit, hitsPerDocumentMax }, signal)),
          pairingId: serving.pairing.id,
          viewId: serving.view.id,
          epoch,
        };
      } catch (thrown) {
        throw asAppError(thrown, signal);
      }
    },
  };
}

async function* answerEvents(
  deps: InferenceDependencies,
  question: Question,
  signal: AbortSignal,
): AsyncGenerator<AnswerEvent> {
  const startedMs = deps.clock.monotonicMs();
  const entered = await enter(deps, question, signal);
  const { serving } = entered;
  const provenance = provenanceOf(entered, deps.ids.next());
  yield { kind: 'started', provenance };
  const limit = serving.pairing.manifest.retrieval.hitsMax * HITS_ASKED_FACTOR;
  const found = await retrieve(deps, { ...entered, limit }, signal);
  const grounding = await groundHits(deps, entered, found, signal);
  requireGround(found.hits.length, grounding, serving);
  const generated =
    grounding.hits.length === 0
      ? NOTHING_FOUND
      : yield* textEvents(deps, { serving, question, grounding }, signal);
  if (generated.kind === 'no_answer') yield { kind: 'text', text: NO_CONTEXT_TEXT };
  const { explanation } = found;
  const answer = answerOf(generated, grounding, { provenance, explanation });
  signal.throwIfAborted();
  await record(deps, { question: question.text, answer, startedMs });
  yield { kind: 'ended', answer };
}

/** What the model reads of what was found. */
function groundHits(
  deps: InferenceDependencies,
  { serving: { view, pairing, embedder }, epoch }: Entered,
  { hits }: Retrieved,
  signal: AbortSignal,
): Promise<Grounding> {
  const { hitsMax, contextTokensMax, sectionTokensMax } = retrievalOf(pairing.manifest.retrieval);
  const { countTokens } = embedder;
  const widen =
    sectionTokensMax === null
      ? null
      : createWiden({
          readSection: createSectionReader(deps, { view, epoch }, signal),
          tokensMax: sectionTokensMax,
          countTokens,
        });
  return ground(hits, { hitsMax, contextTokensMax, countTokens, widen });
}

type GenerateStep = {
  readonly serving: Serving;
  readonly question: Question;
  readonly grounding: Grounding;
};

async function* textEvents(
  deps: InferenceDependencies,
  { serving, question, grounding: { passages } }: GenerateStep,
  signal: AbortSignal,
): AsyncGenerator<AnswerEvent, Generated> {
  const request = {
    messages: renderMessages(serving.prompt, question, passages),
    question: question.text.trim(),
    passages,
    parameters: serving.pairing.manifest.generation,
  };
  const texts = generate(deps.chatModelOf(serving.model), request, signal);
  try {
    for (;;) {
      const next = await texts.next();
      if (next.done) return next.value;
      yield { kind: 'text', text: next.value };
    }
  } finally {
    // A consumer that walks away ends the generation upstream.
    await texts.return(NOTHING_FOUND);
  }
}

const NOTHING_FOUND: Generated = {
  kind: 'no_answer',
  text: '',
  finishReason: 'stop',
  usage: { promptTokens: 0, completionTokens: 0 },
  respondedBy: NOBODY,
};

function answerOf(
  generated: Generated,
  { hits }: Grounding,
  from: { readonly provenance: Provenance } & Pick<Retrieved, 'explanation'>,
): Answer {
  const { finishReason, usage, respondedBy, text } = generated;
  const provenance = { ...from.provenance, respondedBy };
  const { explanation } = from;
  const common = { provenance, hits, usage, finishReason, explanation };
  return generated.kind === 'no_answer'
    ? { ...common, kind: 'no_context', text: NO_CONTEXT_TEXT }
    : { ...common, kind: 'answered', text, citations: cite(text, hits) };
}

const provenanceOf = ({ serving, epoch, asked }: Entered, answerId: string): Provenance => ({
  answerId,
  pairingId: serving.pairing.id,
  channel: serving.channel,
  viewId: serving.view.id,
  epoch,
  promptId: serving.prompt.id,
  modelId: serving.model.id,
  respondedBy: serving.model.reference,
  ...(asked === null ? {} : { filter: asked }),
});

/** Hits of which none fits are a pairing's fault; "the posts do not answer" would be a lie. */
function requireGround(found: number, { hits }: Grounding, { pairing }: Serving): void {
  if (found === 0 || hits.length > 0) return;
  throw new AppError(
    'invalid_input',
    `none of ${found} hits fits into ${pairing.manifest.retrieval.contextTokensMax} tokens ` +
      `(retrieval.contextTokensMax of ${pairing.id}); make a pairing with more.`,
  );
}

function requireCount(param: string, count: number): void {
  if (Number.isInteger(count) && count >= 1 && count <= SEARCH_LIMIT_MAX) return;
  throw new AppError(
    'invalid_input',
    `${param} must be a whole number within 1 and ${SEARCH_LIMIT_MAX}, not ${count}.`,
    { param },
  );
}

const asAppError = (thrown: unknown, signal: AbortSignal): AppError =>
  signal.aborted && !(thrown instanceof AppError)
    ? new AppError('cancelled', 'the question was cancelled', { cause: thrown })
    : toAppError(thrown);
