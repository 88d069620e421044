import type { Passage } from '#domain/prompt.ts';
import type { Asked, Terms, Want } from './asked.ts';
import { type Unit, unitsOf } from './units.ts';

/** A unit and how well it answers. */
export type RankedUnit = Unit & {
  /** Position among all units of all passages, in reading order. */
  readonly position: number;
  readonly score: number;
};

export type Ranking = {
  /** Best first. */
  readonly units: readonly RankedUnit[];
  /** Share, 0–1, of the question that the best passage speaks of, rare words counting more. */
  readonly coverage: number;
  /** Named terms of the question that no passage holds. */
  readonly missing: readonly string[];
};

/** What a question term is worth by where it stands; in the unit itself it is worth 1. */
const NEIGHBOUR_WORTH = 0.5;
const HEADING_WORTH = 0.5;
const PASSAGE_WORTH = 0.25;
// Added to a score that is 0–1 without them: so small that they only decide between near equals.
const RANK_BONUS = 0.2;
const ADJACENCY_BONUS = 0.1;
const WANTED_BONUS = 0.1;
/** A listing holds many words and seldom says anything. */
const CODE_PENALTY = 0.15;
/** A unit under this many terms ("True.", "Not at all.") says nothing by itself. */
const TERMS_MIN = 3;
const SHORT_PENALTY = 0.2;

type Prepared = Unit & { readonly terms: readonly string[]; readonly held: Set<string> };

/**
 * Every unit of the passages, scored: the share of the question's terms, weighted by rarity among
 * the units (BM25's idf), that it holds itself or has near it; plus a little for the rank of its
 * passage, for question words that stand side by side, and for the kind of word that was asked for.
 */
export function rank(asked: Asked, passages: readonly Passage[], terms: Terms): Ranking {
  const wanted = new Set(asked.terms);
  const units: readonly Prepared[] = passages.flatMap(unitsOf).map((unit) => {
    const own = terms(`${unit.text}\n${unit.context}`);
    return { ...unit, terms: own, held: new Set(own.filter((term) => wanted.has(term))) };
  });
  const weights = weightsOf(asked, units);
  const total = sum([...weights.values()]);
  const places = placesOf(asked, passages, units, terms);
  const share = (worth: (term: string) => number): number =>
    total === 0 ? 0 : sum([...weights].map(([term, weight]) => weight * worth(term))) / total;
  const ranked = units.map((unit, position): RankedUnit => {
    const place = places.get(unit.passage);
    const near = [units[position - 1], units[position + 1]].filter(
      (other) => other?.passage === unit.passage,
    );
    const overlap = share((term) => {
      if (unit.held.has(term)) return 1;
      if (near.some((other) => other?.held.has(term))) return NEIGHBOUR_WORTH;
      if (place?.heading.has(term)) return HEADING_WORTH;
      return place?.all.has(term) ? PASSAGE_WORTH : 0;
    });
    const rankBonus = RANK_BONUS * (1 - (unit.passage - 1) / passages.length);
    return { ...unit, position, score: overlap + rankBonus + extras(asked, unit) };
  });
  const everywhere = [...places.values()];
  return {
    units: ranked.sort((a, b) => b.score - a.score || a.position - b.position),
    coverage: Math.max(0, ...everywhere.map(({ all }) => share((term) => (all.has(term) ? 1 : 0)))),
    missing: [...asked.named].filter((term) => !everywhere.some(({ all }) => all.has(term))),
  };
}

/** What a unit gains and loses by its own form. */
const extras = (asked: Asked, unit: Prepared): number =>
  ADJACENCY_BONUS * adjacency(asked.terms, unit.terms) +
  (offers(asked, unit) ? WANTED_BONUS : 0) -
  (unit.kind === 'code' ? CODE_PENALTY : 0) -
  (unit.terms.length < TERMS_MIN ? SHORT_PENALTY : 0);

function weightsOf(asked: Asked, units: readonly Prepared[]): ReadonlyMap<string, number> {
  return new Map(
    asked.terms.map((term) => {
      const holders = units.filter(({ held }) => held.has(term)).length;
      const idf = Math.log(1 + (units.length - holders + 0.5) / (holders + 0.5));
      return [term, idf];
    }),
  );
}

type Place = { readonly heading: ReadonlySet<string>; readonly all: ReadonlySet<string> };

/** Question terms in each passage's headings, and in all of it. */
function placesOf(
  asked: Asked,
  passages: readonly Passage[],
  units: readonly Prepared[],
  terms: Terms,
): ReadonlyMap<number, Place> {
  return new Map(
    passages.map(({ number, title, headingPath }) => {
      const heading = new Set(terms([title, ...headingPath].join('\n')));
      const own = units
        .filter(({ passage }) => passage === number)
        .flatMap(({ held }) => [...held]);
      return [
        number,
        { heading, all: new Set([...own, ...asked.terms.filter((t) => heading.has(t))]) },
      ];
    }),
  );
}

/** Share of the question's neighbouring term pairs that stand side by side here too. */
function adjacency(asked: readonly string[], terms: readonly string[]): number {
  if (asked.length < 2) return 0;
  const pairs = new Set(terms.map((term, index) => `${terms[index - 1] ?? ''} ${term}`));
  const found = asked.filter(
    (term, index) => index > 0 && pairs.has(`${asked[index - 1]} ${term}`),
  );
  return found.length / (asked.length - 1);
}

const NUMERALS =
  'two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|half|third|hundred|thousand';
const OFFERS: Readonly<Record<Want, RegExp>> = {
  number: new RegExp(`\\d|\\b(?:${NUMERALS})\\b`, 'i'),
  // A capital where no sentence begins.
  name: /(?<=[\p{L}\p{N},;)] )["'“‘(*_`]*\p{Lu}/u,
};

/** Whether a unit holds the kind of word that is wanted; a number of the question's own is none. */
const offers = ({ wants, numbers }: Asked, { text }: Unit): boolean =>
  wants !== null &&
  OFFERS[wants].test(text.replace(/\d[\d.,]*/g, (number) => (numbers.has(number) ? '' : number)));

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);
