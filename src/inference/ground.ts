import type { Hit } from '#domain/answer.ts';
import { framedText } from '#domain/chunk.ts';
import type { RetrievalSettings } from '#domain/pairing.ts';
import { type Passage, renderPassages } from '#domain/prompt.ts';
import type { Widen } from './widen.ts';

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

export type GroundOptions = Pick<RetrievalSettings, 'hitsMax' | 'contextTokensMax'> & {
  readonly countTokens: (text: string) => number;
  /** Widens each hit that is taken; `null` leaves them as they were found. */
  readonly widen: Widen | null;
};

/**
 * Best first, whole chunks only, until `hitsMax` are taken: a hit whose text came before, or that
 * does not fit into the rest of `contextTokensMax`, is passed over. What is counted is what the
 * prompt will hold: the rendered passages with their headings and tags. Where hits are widened, the
 * better one is widened first, and a hit that stands in it already is not taken again.
 */
export async function ground(hits: readonly Hit[], options: GroundOptions): Promise<Grounding> {
  const { hitsMax, contextTokensMax, countTokens, widen } = options;
  const taken: Hit[] = [];
  const texts = new Set<string>();
  const held = new Set<string>();
  const sizeOf = (hit: Hit) => countTokens(renderPassages([passageOf(hit, taken.length)]));
  let tokens = 0;
  for (const hit of hits) {
    if (taken.length === hitsMax) break;
    const text = hit.text.replace(/\s+/g, ' ').trim();
    if (text === '' || texts.has(text) || held.has(hit.pointId)) continue;
    const fits = (wider: Hit) => tokens + sizeOf(wider) <= contextTokensMax;
    if (!fits(hit)) continue;
    const wide = widen === null ? hit : await widen(hit, { fits, held });
    texts.add(text);
    for (const id of wide.explanation?.widened?.pointIds ?? [hit.pointId]) held.add(id);
    tokens += sizeOf(wide);
    taken.push(wide);
  }
  // A tokenizer may count more in the joined text than in its parts; the joined text is the law.
  while (countTokens(renderPassages(taken.map(passageOf))) > contextTokensMax) taken.pop();
  return { hits: taken, passages: taken.map(passageOf) };
}

const passageOf = (hit: Hit, index: number): Passage => ({
  number: index + 1,
  pointId: hit.pointId,
  title: hit.title,
  url: hit.url,
  headingPath: hit.headingPath,
  text: framedText(hit),
});
