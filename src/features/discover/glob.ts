/**
 * One step of a pattern: a character, any character but a slash, any run of such, any run at all,
 * or a choice to pass over the next `over` steps.
 */
type Step =
  | { readonly kind: 'character'; readonly code: number }
  | { readonly kind: 'one' }
  | { readonly kind: 'segment' }
  | { readonly kind: 'all' }
  | { readonly kind: 'choice'; readonly over: number };

export type Glob = readonly Step[];

const SLASH = 0x2f;
const CHARACTER = (text: string): Step => ({ kind: 'character', code: text.charCodeAt(0) });
/** `/**`, which may be nothing at all. */
const BELOW: Glob = [{ kind: 'choice', over: 2 }, CHARACTER('/'), { kind: 'all' }];

/** Reads `*`, `**` and `?`; every text is a glob. */
export function parseGlob(pattern: string): Glob {
  const steps: Step[] = [];
  for (let at = 0; at < pattern.length; ) {
    const rest = pattern.slice(at, at + 4);
    if (rest === '/**' || rest === '/**/') {
      steps.push(...BELOW);
      // The slash behind it is what the next step begins with.
      at += 3;
    } else if (rest.startsWith('**')) {
      steps.push({ kind: 'all' });
      at += 2;
    } else {
      const [character = ''] = rest;
      if (character === '*') steps.push({ kind: 'segment' });
      else steps.push(character === '?' ? { kind: 'one' } : CHARACTER(character));
      at += 1;
    }
  }
  return steps;
}

/**
 * Whether a glob matches a text as a whole. All the places in the glob where a prefix of the text
 * may have led to are kept at once, so that the time is at most length × steps.
 */
export function globMatches(glob: Glob, text: string): boolean {
  let places = reach(glob, [0]);
  for (let at = 0; at < text.length && places.length > 0; at += 1) {
    const code = text.charCodeAt(at);
    places = reach(
      glob,
      places.flatMap((place) => nextOf(glob[place], place, code)),
    );
  }
  return places.includes(glob.length);
}

/** Where a character leads from a place. */
function nextOf(step: Step | undefined, place: number, code: number): readonly number[] {
  switch (step?.kind) {
    case 'character':
      return step.code === code ? [place + 1] : [];
    case 'one':
      return code === SLASH ? [] : [place + 1];
    case 'segment':
      return code === SLASH ? [] : [place];
    case 'all':
      return [place];
    default:
      return [];
  }
}

/** Places, unique, with all that can be reached from them without a character. */
function reach(glob: Glob, from: readonly number[]): readonly number[] {
  const places = new Set(from);
  // A set is walked through to what is added on the way.
  for (const place of places) {
    const step = glob[place];
    if (step === undefined || step.kind === 'character' || step.kind === 'one') continue;
    places.add(place + 1);
    if (step.kind === 'choice') places.add(place + 1 + step.over);
  }
  return [...places];
}
