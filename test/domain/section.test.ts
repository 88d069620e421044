import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { piecesOf, type Run, type SectionChunk, widenRun } from '#domain/section.ts';

const always = () => true;

/** Chunks of a text, cut at `|`. */
function cut(marked: string, revisionId = 'r1') {
  let start = 0;
  const chunks = marked.split('|').map((text, at): SectionChunk => {
    const chunk = { id: `${revisionId}-${at}`, revisionId, start, end: start + text.length, text };
    start += text.length;
    return chunk;
  });
  return { markdown: marked.replaceAll('|', ''), chunks };
}

/** Words and gaps; a gap that can be seen keeps its neighbours apart. */
const document = fc
  .array(
    fc.record({
      text: fc.stringMatching(/^[a-c]{1,4}$/),
      gap: fc.constantFrom('\n\n', ' ', '', '\n* * *\n'),
      overlap: fc.boolean(),
    }),
    { minLength: 1, maxLength: 10 },
  )
  .map((parts) => {
    let markdown = '';
    const chunks = parts.map(({ text, gap, overlap }, at): SectionChunk => {
      // Now and then a chunk begins with the end of the one before.
      const back = overlap && at > 0 && /[a-c]$/.test(markdown) ? 1 : 0;
      const start = markdown.length - back;
      markdown += text;
      const end = markdown.length;
      const chunk = { id: `p${at}`, revisionId: 'r', start, end, text: markdown.slice(start) };
      markdown += gap;
      return chunk;
    });
    return { markdown, chunks };
  });

describe('widenRun', () => {
  const { markdown, chunks } = cut('one. |two. |three. |four. |five.');
  const pieces = piecesOf({ id: 'r1', markdown }, chunks);
  const spanOf = (run: Run | null) => run && markdown.slice(run.start, run.end);

  it('takes all neighbours that are accepted, the next one first', () => {
    const seen: string[] = [];
    const run = widenRun(markdown, pieces, 'r1-2', (wider) => {
      seen.push(markdown.slice(wider.start, wider.end).trim());
      return true;
    });
    expect(seen).toEqual([
      'three. four.',
      'two. three. four.',
      'two. three. four. five.',
      'one. two. three. four. five.',
    ]);
    expect(run?.ids).toEqual(['r1-0', 'r1-1', 'r1-2', 'r1-3', 'r1-4']);
    expect(spanOf(run)).toBe(markdown);
  });

  it('goes on to one side when the other is refused', () => {
    const run = widenRun(markdown, pieces, 'r1-2', (_, { id }) => id !== 'r1-3');
    expect(spanOf(run)).toBe('one. two. three. ');
  });

  it('stays as it is when nothing is accepted, and is nothing for an unknown piece', () => {
    expect(widenRun(markdown, pieces, 'r1-2', () => false)?.ids).toEqual(['r1-2']);
    expect(widenRun(markdown, pieces, 'r9-9', always)).toBeNull();
  });

  it('is made of whole pieces and white space, around the piece, as wide as can be', () => {
    fc.assert(
      fc.property(document, fc.nat(), fc.nat({ max: 30 }), (cutText, pick, lengthMax) => {
        const placed = piecesOf({ id: 'r', markdown: cutText.markdown }, cutText.chunks);
        const origin = placed[pick % placed.length];
        const fits = (one: Run) => one.end - one.start <= lengthMax;
        const run = widenRun(cutText.markdown, placed, origin?.id ?? '', fits);
        if (origin === undefined || run === null) throw new Error('the piece is there');
        const held = placed.filter(({ id }) => run.ids.includes(id));
        expect(held.map(({ id }) => id)).toEqual(run.ids);
        expect(run.start).toBe(Math.min(...held.map(({ start }) => start)));
        expect(run.end).toBe(Math.max(...held.map(({ end }) => end)));
        expect(run.ids).toContain(origin.id);
        expect(run.ids.length === 1 || fits(run)).toBe(true);
        for (let at = run.start; at < run.end; at += 1) {
          const isHeld = held.some(({ start, end }) => start <= at && at < end);
          expect(isHeld || cutText.markdown.charAt(at).trim() === '').toBe(true);
        }
        // With room for all, only what can be seen keeps a neighbour out.
        const whole = widenRun(cutText.markdown, placed, origin.id, always);
        const next = placed[placed.findIndex(({ id }) => id === whole?.ids.at(-1)) + 1];
        if (whole !== null && next !== undefined) {
          expect(cutText.markdown.slice(whole.end, next.start).trim()).not.toBe('');
        }
      }),
    );
  });
});

describe('piecesOf', () => {
  it('finds chunks of another revision by their text, in the order of this one', () => {
    const old = cut('Alpha stays. |Beta goes.', 'r1');
    const markdown = 'Gamma is new. Alpha stays. Delta.';
    const own = { id: 'r2-0', revisionId: 'r2', start: 0, end: 13, text: 'Gamma is new.' };
    expect(piecesOf({ id: 'r2', markdown }, [...old.chunks, own])).toEqual([
      { id: 'r2-0', start: 0, end: 13 },
      { id: 'r1-0', start: 14, end: 27 },
    ]);
  });

  it('leaves out a foreign text that occurs twice, and an empty one', () => {
    const markdown = 'Same. Same.';
    const foreign = { revisionId: 'r1', start: 0, end: 5 };
    const chunks = [
      { ...foreign, id: 'twice', text: 'Same.' },
      { ...foreign, id: 'empty', text: '' },
    ];
    expect(piecesOf({ id: 'r2', markdown }, chunks)).toEqual([]);
  });
});
