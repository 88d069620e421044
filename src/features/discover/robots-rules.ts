/** One allow or disallow line, as it is compared with paths. */
export type Rule = { readonly allow: boolean; readonly pattern: string };

/** A pattern cut at its stars; the first part is a prefix, the last may be bound to the end. */
type Glob = {
  readonly parts: readonly string[];
  readonly toEnd: boolean;
  /** Of all parts together: no shorter path matches. */
  readonly length: number;
};

type Compiled = { readonly allow: boolean; readonly glob: Glob };

/** Paths whose verdicts are kept. */
const VERDICTS_MAX = 10_000;

/**
 * Whether rules allow a path with its query: the longest pattern that matches wins, allow wins a
 * tie, and without any the path is allowed. Each rule is compiled once. A path costs at most its
 * length for each different rule, and the length of the rule.
 */
export function createVerdict(rules: readonly Rule[]): (path: string) => boolean {
  const compiled = compile(rules);
  const verdicts = new Map<string, boolean>();
  return (path) => {
    const known = verdicts.get(path);
    if (known !== undefined) return known;
    const verdict = compiled.find(({ glob }) => matches(glob, path))?.allow ?? true;
    if (verdicts.size < VERDICTS_MAX) verdicts.set(path, verdict);
    return verdict;
  };
}

/** Different patterns, the one that wins first. */
function compile(rules: readonly Rule[]): readonly Compiled[] {
  const allows = new Map<string, boolean>();
  for (const { allow, pattern } of rules) {
    allows.set(pattern, allow || (allows.get(pattern) ?? false));
  }
  return [...allows]
    .sort(([a, allowA], [b, allowB]) => b.length - a.length || Number(allowB) - Number(allowA))
    .map(([pattern, allow]) => ({ allow, glob: globOf(pattern) }));
}

function globOf(pattern: string): Glob {
  const toEnd = pattern.endsWith('$');
  const parts = (toEnd ? pattern.slice(0, -1) : pattern).split('*');
  return { parts, toEnd, length: parts.reduce((sum, part) => sum + part.length, 0) };
}

/** Leftmost match of each part, which for globs finds a match whenever there is one. */
function matches({ parts, toEnd, length }: Glob, path: string): boolean {
  const [prefix = ''] = parts;
  if (length > path.length || !path.startsWith(prefix)) return false;
  if (parts.length === 1) return !toEnd || path.length === prefix.length;
  const last = parts.at(-1) ?? '';
  const end = toEnd ? path.length - last.length : path.length;
  if (toEnd && !path.endsWith(last)) return false;
  let position = prefix.length;
  for (let at = 1; at < parts.length - (toEnd ? 1 : 0); at += 1) {
    const part = parts[at] ?? '';
    if (part === '') continue;
    const found = indexOf(path, part, position);
    if (found < 0) return false;
    position = found + part.length;
  }
  return position <= end;
}

/** Parts up to this length are found by the engine's own search at a cost that is bounded. */
const SHORT_LENGTH_MAX = 8;

function indexOf(path: string, part: string, from: number): number {
  return part.length <= SHORT_LENGTH_MAX
    ? path.indexOf(part, from)
    : linearIndexOf(path, part, from);
}

/** Knuth, Morris and Pratt: the engine's search takes length × length on `aaaa…b` in `aaaa…`. */
function linearIndexOf(path: string, part: string, from: number): number {
  const first = path.indexOf(part.slice(0, SHORT_LENGTH_MAX), from);
  if (first < 0 || !path.includes(part.slice(-SHORT_LENGTH_MAX), first)) return -1;
  const borders = bordersOf(part);
  let matched = 0;
  for (let at = first; at < path.length; at += 1) {
    const code = path.charCodeAt(at);
    while (matched > 0 && part.charCodeAt(matched) !== code) matched = borders[matched - 1] ?? 0;
    if (part.charCodeAt(matched) === code) matched += 1;
    if (matched === part.length) return at - matched + 1;
  }
  return -1;
}

/** For each prefix, the length of its longest proper prefix that it also ends with. */
function bordersOf(part: string): Uint16Array {
  const borders = new Uint16Array(part.length);
  let length = 0;
  for (let at = 1; at < part.length; at += 1) {
    while (length > 0 && part[at] !== part[length]) length = borders[length - 1] ?? 0;
    if (part[at] === part[length]) length += 1;
    borders[at] = length;
  }
  return borders;
}
