/** A text in the characters that the finders know, and the way back to where it came from. */
export type Folded = {
  readonly text: string;
  /** Offset in the original of the character at an offset of the folded text. */
  readonly originOf: (at: number) => number;
};

/** Drawn as nothing: an address with one of them inside still reads as an address. */
const INVISIBLE = /[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g;
/** Other blanks and dashes, full-width forms, and the digits of Arabic and Persian. */
const VARIANT = new RegExp(
  '[\\u00a0\\u2000-\\u200a\\u202f\\u205f\\u3000\\u2010-\\u2015\\u2212' +
    '\\uff08\\uff09\\uff0b\\uff0d-\\uff3a\\uff3f\\uff41-\\uff5a\\u0660-\\u0669\\u06f0-\\u06f9]',
  'g',
);

/** Folds what looks like an ASCII character into it. Never changes what is ASCII. */
export function fold(text: string): Folded {
  if (!/[^\0-\x7f]/.test(text)) return { text, originOf: (at) => at };
  const plain = text.replace(VARIANT, asciiOf);
  const dropped: number[] = [];
  for (const { index } of plain.matchAll(INVISIBLE)) dropped.push(index);
  if (dropped.length === 0) return { text: plain, originOf: (at) => at };
  return { text: plain.replace(INVISIBLE, ''), originOf: (at) => at + droppedBefore(dropped, at) };
}

function asciiOf(character: string): string {
  const code = character.charCodeAt(0);
  if (code >= 0xff01 && code <= 0xff5e) return String.fromCharCode(code - 0xfee0);
  if (code >= 0x660 && code <= 0x669) return String.fromCharCode(code - 0x660 + 0x30);
  if (code >= 0x6f0 && code <= 0x6f9) return String.fromCharCode(code - 0x6f0 + 0x30);
  return (code >= 0x2010 && code <= 0x2015) || code === 0x2212 ? '-' : ' ';
}

/** How many dropped characters stood before the one that is now at `at` (`dropped` is sorted). */
function droppedBefore(dropped: readonly number[], at: number): number {
  let [low, high] = [0, dropped.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    // The character that was dropped as number `middle` stood at `dropped[middle] - middle` by now.
    if ((dropped[middle] ?? 0) - middle <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}
