import { createFenceReader } from './code-fences.ts';

/** A Markdown whose relative references are absolute, and what there is to know of its links. */
export type LinkedMarkdown = {
  readonly text: string;
  /** Targets of links, absolute, in order; not of images. */
  readonly targets: readonly string[];
  /** The lines outside of code blocks without targets, and the words of links, by lines. */
  readonly prose: string;
  readonly linkText: string;
  /** The code of code blocks, by lines. */
  readonly code: string;
};

/** Longest target that is looked at. */
const TARGET_LENGTH_MAX = 2_048;

/** Makes relative links, images and link definitions absolute, outside of code. Never throws. */
export function resolveLinks(markdown: string, base: string): LinkedMarkdown {
  const fences = createFenceReader();
  const state: State = { base, targets: [], prose: [], linkText: [], code: [] };
  const lines = markdown.split(/(\r\n|\n|\r)/).map((line, at) => {
    if (at % 2 === 1) return line;
    const kind = fences.read(line);
    if (kind === 'code') state.code.push(line);
    return kind === 'prose' ? resolveLine(line, state) : line;
  });
  return {
    text: lines.join(''),
    targets: state.targets,
    prose: state.prose.join('\n'),
    linkText: state.linkText.join('\n'),
    code: state.code.join('\n'),
  };
}

type State = {
  readonly base: string;
  readonly targets: string[];
  readonly prose: string[];
  readonly linkText: string[];
  readonly code: string[];
};

const DEFINITION = /^( {0,3}\[(?!\^)[^\]]{1,500}\]:[ \t]*)(<[^<>]*>|\S+)/;

function resolveLine(line: string, state: State): string {
  const definition = DEFINITION.exec(line);
  if (definition !== null) {
    const [whole, before = '', target = ''] = definition;
    addTarget(target, state);
    return `${before}${asWritten(target, state.base)}${line.slice(whole.length)}`;
  }
  let out = '';
  let seen = '';
  const open: number[] = [];
  const links: [start: number, end: number][] = [];
  for (let at = 0; at < line.length; ) {
    const span = codeSpanAt(line, at);
    const target = line.startsWith('](', at) ? targetAt(line, at + 2) : null;
    if (span > 0 || line.charAt(at) === '\\') {
      const piece = line.slice(at, at + Math.max(span, 2));
      [out, seen] = [out + piece, seen + piece];
      at += piece.length;
    } else if (target !== null && open.length > 0) {
      const start = open.pop() ?? 0;
      if (seen.charAt(start - 1) !== '!') {
        addTarget(target.text, state);
        // What is in the link is part of its text already.
        while ((links.at(-1)?.[0] ?? -1) >= start) links.pop();
        links.push([start, seen.length]);
      }
      out += `](${target.space}${asWritten(target.text, state.base)}`;
      seen += '] (';
      at = target.end;
    } else {
      const character = line.charAt(at);
      if (character === '[') open.push(seen.length);
      if (character === ']') open.pop();
      [out, seen] = [out + character, seen + character];
      at += 1;
    }
  }
  for (const [start, end] of links) state.linkText.push(seen.slice(start + 1, end));
  state.prose.push(seen);
  return out;
}

/** Length of the code span that begins here. */
function codeSpanAt(line: string, at: number): number {
  if (line.charAt(at) !== '`') return 0;
  let run = 1;
  while (line.charAt(at + run) === '`') run += 1;
  const mark = '`'.repeat(run);
  for (let end = line.indexOf(mark, at + run); end >= 0; end = line.indexOf(mark, end + 1)) {
    if (line.charAt(end + run) !== '`' && line.charAt(end - 1) !== '`') return end + run - at;
    while (line.charAt(end + 1) === '`') end += 1;
  }
  return run;
}

/** Brackets in each other that a bare target may hold (CommonMark, 6.3). */
const DEPTH_MAX = 32;

type Target = { readonly text: string; readonly space: string; readonly end: number };

/** The target that begins here: in angle brackets, or up to a blank or an odd bracket. */
function targetAt(line: string, start: number): Target | null {
  const space = /^[ \t]*/.exec(line.slice(start, start + 20))?.[0] ?? '';
  const from = start + space.length;
  if (line.charAt(from) === '<') {
    const end = line.indexOf('>', from);
    if (end < 0 || end - from > TARGET_LENGTH_MAX) return null;
    return { text: line.slice(from, end + 1), space, end: end + 1 };
  }
  let depth = 0;
  let end = from;
  for (; end < line.length && end - from <= TARGET_LENGTH_MAX; end += 1) {
    const character = line.charAt(end);
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (depth < 0 || depth > DEPTH_MAX || /\s/.test(character)) break;
  }
  const isClosed = end < line.length && end - from <= TARGET_LENGTH_MAX && depth <= DEPTH_MAX;
  return isClosed ? { text: line.slice(from, end), space, end } : null;
}

const bare = (target: string): string => target.replace(/^<|>$/g, '').trim();

const isOwn = (reference: string): boolean =>
  reference === '' || reference.startsWith('#') || URL.canParse(reference);

function addTarget(target: string, { base, targets }: State): void {
  const reference = bare(target);
  const url = reference === '' || reference.startsWith('#') ? null : URL.parse(reference, base);
  if (url !== null) targets.push(url.href);
}

function asWritten(target: string, base: string): string {
  const reference = bare(target);
  if (isOwn(reference)) return target;
  const url = URL.parse(reference, base);
  if (url === null || !/^(?:https?|file):$/.test(url.protocol)) return target;
  return /[()<>\s]/.test(url.href) ? `<${url.href}>` : url.href;
}
