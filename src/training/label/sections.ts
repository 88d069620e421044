import { type Block, blocksOf } from './blocks.ts';
import { plainText } from './inline.ts';

/** A heading and the blocks below it, up to the next heading of any level. */
export type Section = {
  /** Plain text; `null` for what stands before the first heading. */
  readonly heading: string | null;
  readonly blocks: readonly Block[];
};

/** Longest heading or label text, as Markdown, that is read at all. */
export const INLINE_CHARACTERS_MAX = 2_000;

export function sectionsOf(markdown: string): readonly Section[] {
  const sections: { heading: string | null; blocks: Block[] }[] = [{ heading: null, blocks: [] }];
  for (const block of blocksOf(markdown)) {
    if (block.kind === 'heading') sections.push({ heading: headingText(block.text), blocks: [] });
    else sections.at(-1)?.blocks.push(block);
  }
  return sections;
}

/** The source of a run of blocks, exactly as it stands in the Markdown. */
export function sourceOf(markdown: string, blocks: readonly Block[]): string {
  const first = blocks[0];
  const last = blocks.at(-1);
  return first === undefined || last === undefined ? '' : markdown.slice(first.start, last.end);
}

/** The first paragraph with words in it: neither an image nor a heading, list, table or code. */
export function leadOf(sections: readonly Section[]): Block | null {
  const paragraphs = sections.flatMap(({ blocks }) => blocks.filter(isProse));
  return paragraphs[0] ?? null;
}

const isProse = ({ kind, text }: Block): boolean =>
  kind === 'paragraph' && /\p{L}/u.test(plainText(text.slice(0, INLINE_CHARACTERS_MAX)));

function headingText(source: string): string {
  const [first = '', ...underline] = source.slice(0, INLINE_CHARACTERS_MAX).split('\n');
  const text =
    underline.length > 0 ? first : first.replace(/^ {0,3}#{1,6}/, '').replace(/[ \t]#+[ \t]*$/, '');
  return plainText(text).replace(SECTION_NUMBER, '');
}

/** `2.` and `2.1` before a capital, but not the `7` of “7 ways” or the `3.5` of “3.5 million”. */
const SECTION_NUMBER = /^(?:\d+\.)+\d*\s+(?=[\p{Lu}\p{Lo}])/u;
