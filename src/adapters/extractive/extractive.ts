import type { Passage } from '#domain/prompt.ts';
import { type ChatModel, NO_ANSWER } from '#ports/chat-model.ts';
import { createReader, type Terms } from './asked.ts';
import { type RankedUnit, rank } from './rank.ts';

export type ExtractiveOptions = {
  /** Splits and stems a text as the view's sparse encoder does. */
  readonly terms: Terms;
};

/** A passage that speaks of less than a third of what is asked is about something else. */
const COVERAGE_MIN = 1 / 3;
const UNITS_MAX = 3;
/** A further unit is added when it scores nearly as well as the best. */
const NEARLY = 0.65;

/** What it answers as; a changed behaviour is another name. */
const RESPONDED_BY = 'extractive-1';

/**
 * A chat model that invents nothing: it answers with the best one to three sentences, table rows or
 * listings of the passages, each followed by its marker. It gives `NO_ANSWER` when no passage
 * speaks of enough of what is asked, or when a name or number of the question stands in none of
 * them. Deterministic; `parameters` do not apply. Usage counts words, as it has no tokenizer.
 */
export function createExtractive({ terms }: ExtractiveOptions): ChatModel {
  const read = createReader(terms);
  const answer = (question: string, passages: readonly Passage[]): readonly string[] => {
    const { units, coverage, missing } = rank(read(question), passages, terms);
    if (missing.length > 0 || coverage < COVERAGE_MIN) return [NO_ANSWER];
    const chosen = choose(units);
    return chosen.length === 0 ? [NO_ANSWER] : chosen.map(part);
  };
  return {
    generate: async function* ({ question, passages }, signal) {
      let completionTokens = 0;
      signal.throwIfAborted();
      for (const text of answer(question, passages)) {
        completionTokens += wordsIn(text);
        yield { kind: 'text', text };
        signal.throwIfAborted();
      }
      const promptTokens = wordsIn([question, ...passages.map(({ text }) => text)].join('\n'));
      yield {
        kind: 'ended',
        finishReason: 'stop',
        usage: { promptTokens, completionTokens },
        respondedBy: RESPONDED_BY,
      };
    },
  };
}

/** The best unit and the next ones, as long as they are nearly as good and say something else. */
function choose(units: readonly RankedUnit[]): readonly RankedUnit[] {
  const said = new Map<string, RankedUnit>();
  for (const unit of units) {
    const words = unit.text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim();
    if (!said.has(words)) said.set(words, unit);
  }
  const least = NEARLY * (units[0]?.score ?? 0);
  return [...said.values()].slice(0, UNITS_MAX).filter(({ score }) => score >= least);
}

/** Of a listing the marker goes on a line of its own: behind the fence it would leave it open. */
const part = ({ kind, text, passage }: RankedUnit, index: number): string =>
  `${index === 0 ? '' : '\n'}${text}${kind === 'code' ? '\n' : ' '}[${passage}]`;

const wordsIn = (text: string): number => text.match(/\S+/g)?.length ?? 0;
