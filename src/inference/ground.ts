import type { Hit } from '#domain/answer.ts';
import type { RetrievalSettings } from '#domain/pairing.ts';
import { type Passage, renderPassages } from '#domain/prompt.ts';

/** The hits that a model reads, and the same as numbered passages: passage n is `hits[n − 1]`. */
export type Grounding = {
  readonly hits: readonly Hit[];
  readonly passages: readonly Passage[];
};

/**
 * Hits asked of retrieval per hit that may ground: some are left out because an equal text came
 * before, or because they do not fit.
 */
export const HITS_ASKED_FACTOR = 2;

/**
 * Best first, whole chunks only, until `hitsMax` are taken: a hit whose text came before, or that
 * does not fit into the rest of `contextTokensMax`, is passed over. What is counted is what the
 * prompt will hold: the rendered passages with their headings and tags.
 */
export function ground(
  hits: readonly Hit[],
  limits: Pick<RetrievalSettings, 'hitsMax' | 'contextTokensMax'>,
  countTokens: (text: string) => number,
): Grounding {
  const taken: Hit[] = [];
  const texts = new Set<string>();
  let tokens = 0;
  for (const hit of hits) {
    if (taken.length === limits.hitsMax) break;
    const text = hit.text.replace(/\s+/g, ' ').trim();
    if (text === '' || texts.has(text)) continue;
    const size = countTokens(renderPassages([passageOf(hit, taken.length)]));
    if (tokens + size > limits.contextTokensMax) continue;
    texts.add(text);
    taken.push(hit);
    tokens += size;
  }
  // A tokenizer may count more in the joined text than in its parts; the joined text is the law.
  while (countTokens(renderPassages(taken.map(passageOf))) > limits.contextTokensMax) taken.pop();
  return { hits: taken, passages: taken.map(passageOf) };
}

const passageOf = (hit: Hit, index: number): Passage => ({
  number: index + 1,
  pointId: hit.pointId,
  title: hit.title,
  url: hit.url,
  headingPath: hit.headingPath,
  text: hit.text,
});
