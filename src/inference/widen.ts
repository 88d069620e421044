import type { Hit } from '#domain/answer.ts';
import { widenRun } from '#domain/section.ts';
import type { ReadSection } from './read-sections.ts';

/** Gives a hit as wide as it may be. */
export type Widen = (hit: Hit, bounds: WidenBounds) => Promise<Hit>;

type WidenBounds = {
  /** Whether the hit, so wide, has a place. */
  readonly fits: (wider: Hit) => boolean;
  /** Points whose texts have a place already. */
  readonly held: ReadonlySet<string>;
};

export type WidenOptions = {
  readonly readSection: ReadSection;
  readonly tokensMax: number;
  readonly countTokens: (text: string) => number;
};

/**
 * Widens hits to their sections, chunk by chunk from the hit outwards, to `tokensMax` tokens and no
 * further than there is room; a chunk that is held elsewhere ends the section. The wider hit is a
 * span of one revision and names the chunk it grew from.
 */
export const createWiden =
  ({ readSection, tokensMax, countTokens }: WidenOptions): Widen =>
  async (hit, { fits, held }) => {
    const section = await readSection(hit);
    if (section === null) return hit;
    const { revision, pieces } = section;
    const wideAs = (run: { start: number; end: number; ids: readonly string[] }): Hit => {
      const text = revision.markdown.slice(run.start, run.end);
      const { start, end } = run;
      const widened = {
        revisionId: hit.revisionId,
        start: hit.start,
        end: hit.end,
        pointIds: run.ids,
      };
      // Its ends are no longer those of the chunk, which its frame was made for.
      const { frame: _frame, ...bare } = hit;
      return {
        ...bare,
        revisionId: revision.id,
        text,
        start,
        end,
        tokens: countTokens(text),
        ...(hit.explanation === undefined ? {} : { explanation: { ...hit.explanation, widened } }),
      };
    };
    const run = widenRun(revision.markdown, pieces, hit.pointId, (wider, added) => {
      if (held.has(added.id)) return false;
      const candidate = wideAs(wider);
      return candidate.tokens <= tokensMax && fits(candidate);
    });
    return run === null || run.ids.length < 2 ? hit : wideAs(run);
  };
