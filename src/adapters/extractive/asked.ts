/** A question as the extractive model reads it. */
export type Asked = {
  /** Distinct stemmed words that say what is asked, in order. */
  readonly terms: readonly string[];
  /** Terms of names, identifiers and numbers: what an answer must speak of. */
  readonly named: ReadonlySet<string>;
  /** Numbers as they stand in the question: they answer nothing. */
  readonly numbers: ReadonlySet<string>;
  /** What kind of word would answer it; `null` when the question does not say. */
  readonly wants: Want | null;
};

export type Want = 'number' | 'name';

/** English and French words that say how something is asked, not what. */
const FUNCTION_WORDS =
  'a an the this that these those some any no not each every all both other another own ' +
  'same such of to in on at by for from with without about into onto over under after ' +
  'before between and or but nor if then than so as while because also too very just only ' +
  'even still yet ever never often is are was were be been being am do does did done ' +
  'doing have has had having can could may might must shall should will would need ought ' +
  'll re ve i me my mine we us our ours you your yours he him his she her hers it its ' +
  'they them their theirs s t d m one ones someone somebody something anyone anybody ' +
  'anything there here what which who whom whose when where why how much many long really ' +
  'get gets got let le la les l un une des du de au aux et ou mais que qui quoi quel ' +
  'quelle quels quelles qu c j n est sont était sera ce cet cette ces il elle ils elles ' +
  'je tu nous vous son sa ses leur se y en à dans par pour sur sans avec ne pas plus où ' +
  'quand comment pourquoi combien autant';

const WORD = /[\p{L}\p{N}](?:[\p{L}\p{N}.,'’_-]*[\p{L}\p{N}])?/gu;
const DEGREES = 'many|much|long|often|old|far|large|big|fast|high|few';
const MEASURES =
  'share|rate|score|percentage|percent|number|price|cost|figure|amount|time|date|day|year|limit|' +
  'size|ratio|interval|threshold|value|length|version';
const NUMBER_WANTED = new RegExp(
  `\\bhow (?:${DEGREES})\\b|\\b(?:what|which)\\b[^.?!]{0,40}\\b(?:${MEASURES})\\b|` +
    '\\b(?:when|cost|combien|quand)\\b',
  'i',
);
const NAME_WANTED = /\b(?:who|whose|whom|which|called|named|qui|quel|quelle)\b/i;

export type Terms = (text: string) => readonly string[];

/** Reads a question; `terms` splits and stems as the view's sparse encoder does. */
export function createReader(terms: Terms): (question: string) => Asked {
  const functionTerms = new Set(terms(FUNCTION_WORDS));
  return (question) => {
    const all = [...new Set(terms(question))];
    const content = all.filter((term) => !functionTerms.has(term));
    const named = namesOf(question).flatMap((name) => terms(name));
    return {
      // A question of function words alone ("Who are you?") is searched by what it has.
      terms: content.length > 0 ? content : all,
      named: new Set(named.filter((term) => content.includes(term))),
      numbers: new Set(question.match(/\d[\d.,]*/g)),
      wants: NUMBER_WANTED.test(question) ? 'number' : NAME_WANTED.test(question) ? 'name' : null,
    };
  };
}

/** Words with a digit anywhere, or a capital where no sentence begins. */
function namesOf(question: string): readonly string[] {
  const names: string[] = [];
  for (const match of question.matchAll(WORD)) {
    const word = match[0];
    const begins = /(?:^|[.!?:…]["'”’)]*\s+)["'“‘(¿¡]*$/.test(
      question.slice(0, match.index).slice(-8),
    );
    const isCapital = begins ? /\p{L}\p{Lu}/u.test(word) : /\p{Lu}/u.test(word);
    if (/\d/.test(word) || (isCapital && word !== 'I')) names.push(word);
  }
  return names;
}
