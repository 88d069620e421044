/** A document without its DTD, and what the DTD declares. */
export type Prolog = {
  readonly text: string;
  /** General entities whose values are plain text; no external and no nested one is among them. */
  readonly entities: ReadonlyMap<string, string>;
};

const ENTITIES_MAX = 256;
const DECLARATION =
  /<!ENTITY\s+([A-Za-z_][\w.:-]{0,63})\s+(?:"([^"<&%]{0,1024})"|'([^'<&%]{0,1024})')\s*>/g;

/**
 * Takes the DTD out of a document: nothing of it is an element. Values with a reference in them are
 * not taken, not even a numeric one, and nothing outside of the document is ever asked for.
 */
export function readProlog(text: string): Prolog {
  const start = doctypeAt(text);
  if (start < 0) return { text, entities: new Map() };
  const end = doctypeEnd(text, start);
  const entities = new Map<string, string>();
  for (const [, name = '', double, single] of text.slice(start, end).matchAll(DECLARATION)) {
    if (entities.size >= ENTITIES_MAX) break;
    // The first declaration binds (XML 1.0, 4.2).
    if (!entities.has(name)) entities.set(name, double ?? single ?? '');
  }
  return { text: `${text.slice(0, start)}${text.slice(end)}`, entities };
}

/** Where the DTD begins, ahead of the first element; -1 when there is none. */
function doctypeAt(text: string): number {
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at)) {
    if (text.startsWith('<!--', at)) at = after(text, '-->', at);
    else if (text.startsWith('<?', at)) at = after(text, '?>', at);
    else if (text.slice(at, at + 9).toUpperCase() === '<!DOCTYPE') return at;
    else if (/[a-z_]/i.test(text[at + 1] ?? '')) return -1;
    else at += 1;
  }
  return -1;
}

/** Behind the `>` that ends it: quotes, brackets and comments may hold others. */
function doctypeEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"' || character === "'") {
      const close = text.indexOf(character, at + 1);
      if (close < 0) break;
      at = close;
    } else if (text.startsWith('<!--', at)) at = after(text, '-->', at) - 1;
    else if (character === '<' || character === '[') depth += 1;
    else if (character === ']') depth -= 1;
    else if (character === '>' && depth === 0) return at + 1;
    else if (character === '>') depth -= 1;
  }
  // One that never ends would be all of the document.
  return after(text, '>', start);
}

/** Behind the next `mark`; the end when there is none. */
function after(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at < 0 ? text.length : at + mark.length;
}
