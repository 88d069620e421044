import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PlacedBlock, placesToRemove } from '#features/clean/template-places.ts';

/**
 * A page in letters: `p` long prose, `s` a short line, `i` an item, `c` code, `r` a rule, `1` to `7`
 * headings; upper case, or behind a `!`, when it repeats.
 */
function pageOf(letters: string): readonly PlacedBlock[] {
  const blocks: PlacedBlock[] = [];
  for (const [, mark, letter = ''] of letters.matchAll(/(!?)([a-z1-7])/gi)) {
    const repeats = mark === '!' || letter !== letter.toLowerCase();
    const small = letter.toLowerCase();
    if (/\d/.test(small)) blocks.push({ kind: 'heading', level: Number(small), words: 2, repeats });
    else blocks.push({ ...(LETTERS[small] ?? fail(small)), level: 0, repeats });
  }
  return blocks;
}

const LETTERS: Readonly<Record<string, Pick<PlacedBlock, 'kind' | 'words'>>> = {
  p: { kind: 'text', words: 20 },
  s: { kind: 'text', words: 3 },
  i: { kind: 'item', words: 20 },
  c: { kind: 'code', words: 20 },
  r: { kind: 'rule', words: 0 },
};

function fail(letter: string): never {
  throw new Error(`no block is written ${letter}`);
}

/** The page with what goes left out. */
const left = (letters: string): string => {
  const goes = placesToRemove(pageOf(letters));
  return [...letters.matchAll(/!?[a-z1-7]/gi)].map(([text], at) => (goes[at] ? '' : text)).join('');
};

describe('placesToRemove', () => {
  it.each([
    ['prose anywhere', 'pPpcPp', 'ppcp'],
    ['short text and items at the ends only', 'SIpSpIpSI', 'pSpIp'],
    ['nothing behind prose that stays', 'SpSp', 'pSp'],
    ['what stands behind two short lines, which stay', 'SsSsSsSp', 'sssSp'],
    ['the same at the end', 'pSsSsSsS', 'pSsss'],
    ['no code', 'CpCPC', 'CpCC'],
    ['nothing behind code', 'CSpSC', 'CSpSC'],
    ['no heading at the beginning', '!1Sp', '!1Sp'],
    ['a heading whose text goes', '1p2P2p', '1p2p'],
    ['headings above it, too', 'p1234P', 'p'],
    ['no heading with another one that stays', 'p1P2p', 'p12p'],
    ['no heading that never had text', 'p22P', 'p2'],
    ['a repeated one without text at the end', 'p!2', 'p'],
    ['several of them', 'p!2!2!7', 'p'],
    ['none of a page’s own', 'p2', 'p2'],
    ['what stands before a heading that goes', 'pS2S', 'p'],
    ['nothing before a heading that stays', 'pS2p', 'pS2p'],
    ['rules next to what goes', 'SrprS', 'p'],
    ['no other rules', 'rpr', 'rpr'],
    ['all', 'S1P!2SR', ''],
  ])('takes %s', (_name, page, expected) => expect(left(page)).toBe(expected));

  const letter = fc.constantFrom(...'psicr1237PSICR', '!1', '!2', '!7');
  const pages = fc.array(letter, { maxLength: 20 }).map((letters) => letters.join(''));

  it('takes nothing more from what it left', () => {
    fc.assert(
      fc.property(pages, (page) => {
        const once = left(page);
        expect(left(once)).toBe(once);
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes no text that does not repeat, but for rules, and never code', () => {
    fc.assert(
      fc.property(pages, (page) => {
        const own = (letters: string) => letters.replace(/![1-7]|[A-BD-Z]|[r1-7]/g, '');
        expect(own(left(page))).toBe(own(page));
      }),
      { numRuns: 1_000 },
    );
  });

  it('takes time in proportion to the blocks, in whatever order', () => {
    const page = pageOf('1S'.repeat(50_000) + '!2'.repeat(50_000));
    expect(placesToRemove(page).every((goes) => goes === 1)).toBe(true);
  });
});
