import {
  childrenOf,
  classesOf,
  type DomDocument,
  type DomElement,
  type DomNode,
  hasText,
  isElement,
  isText,
} from './dom.ts';

/** Attribute of a normalised `<pre>`; absent when the page names no language. */
export const LANGUAGE_ATTRIBUTE = 'data-language';

/** Classes by which highlighters mark line numbers. */
const GUTTERS: ReadonlySet<string> = new Set([
  'blob-num',
  'code-line-number',
  'code-line-numbers',
  'crayon-nums',
  'gl',
  'gutter',
  'hljs-ln-n',
  'hljs-ln-numbers',
  'line-number',
  'line-numbers-rows',
  'linenodiv',
  'lineno',
  'linenos',
  'linenumber',
  'linenumbers',
  'ln',
  'lnt',
  'react-syntax-highlighter-line-number',
  'rouge-gutter',
]);

/** Elements that stand for a line of code, so that no two of them run together. */
const LINES: ReadonlySet<string> = new Set(['div', 'li', 'p', 'tr']);

/** Elements that only wrap a code block for its looks, when nothing else is in them. */
const WRAPPERS: ReadonlySet<string> = new Set(
  'code div figure pre section span table tbody td th tr'.split(' '),
);
const WRAPPERS_MAX = 10;

/**
 * Replaces each code block with a plain `<pre>` of one text: highlighting, line numbers and
 * wrappers dropped, every space and newline kept, the language in `LANGUAGE_ATTRIBUTE`.
 */
export function normaliseCodeBlocks(document: DomDocument, blocks: readonly DomElement[]): void {
  const done = new Set<DomElement>();
  const gutters = blocks.filter(isInGutter);
  for (const gutter of gutters) gutter.remove();
  const isGutter = new Set(gutters);
  for (const block of blocks) {
    if (isGutter.has(block) || isWithin(block, done)) continue;
    const outer = outermostOf(block);
    done.add(outer);
    const plain = document.createElement('pre');
    const language = languageAround(block, outer);
    if (language !== '') plain.setAttribute(LANGUAGE_ATTRIBUTE, language);
    plain.appendChild(document.createTextNode(codeOf(block)));
    outer.replaceWith(plain);
  }
}

const isGutterElement = (element: DomElement): boolean =>
  isElement(element) && classesOf(element).some((token) => GUTTERS.has(token));

function isInGutter(block: DomElement): boolean {
  let element: DomElement | null = block;
  for (let level = 0; level < LEVELS_MAX && element !== null; level += 1) {
    if (element.localName === 'body') return false;
    if (isGutterElement(element)) return true;
    element = element.parentNode;
  }
  return false;
}

function isWithin(block: DomElement, done: ReadonlySet<DomElement>): boolean {
  if (done.size === 0) return false;
  for (let up: DomElement | null = block; up !== null; up = up.parentNode) {
    if (done.has(up)) return true;
  }
  return false;
}

/** The last of the block's wrappers: up to where there is other text as well. */
function outermostOf(block: DomElement): DomElement {
  let outer = block;
  for (let level = 0; level < WRAPPERS_MAX; level += 1) {
    const above: DomElement | null = outer.parentNode;
    if (above === null || !WRAPPERS.has(above.localName)) break;
    if (hasOther(above, outer)) break;
    outer = above;
  }
  // A list's or a table's cell keeps its place; only a whole table is a wrapper.
  while (outer !== block && CELLS.has(outer.localName)) outer = childTowards(outer, block);
  return outer;
}

const CELLS: ReadonlySet<string> = new Set(['td', 'th', 'tr', 'tbody']);

function childTowards(outer: DomElement, block: DomElement): DomElement {
  let child = block;
  while (child.parentNode !== null && child.parentNode !== outer) child = child.parentNode;
  return child;
}

function hasOther(above: DomElement, one: DomElement): boolean {
  for (const child of childrenOf(above)) {
    if (child === one) continue;
    if (isElement(child) && isGutterElement(child)) continue;
    if (hasText(child) || (isElement(child) && child.localName === 'img')) return true;
  }
  return false;
}

/** The text of a block, line by line; HTML drops a newline right after `<pre>`. */
function codeOf(block: DomElement): string {
  const pieces: string[] = [];
  const state: Written = { pieces, length: 0, atLineStart: true };
  writeCode(block, state);
  return pieces
    .join('')
    .replace(/^\r?\n/, '')
    .replace(/\r\n?/g, '\n');
}

type Written = { readonly pieces: string[]; length: number; atLineStart: boolean };

function write(state: Written, text: string): void {
  if (text === '') return;
  state.pieces.push(text);
  state.length += text.length;
  state.atLineStart = text.endsWith('\n');
}

function writeCode(element: DomElement, state: Written): void {
  for (const child of childrenOf(element)) {
    if (isText(child)) write(state, child.textContent);
    else if (isElement(child)) writeElement(child, state);
  }
}

function writeElement(element: DomElement, state: Written): void {
  const { localName } = element;
  if (isGutterElement(element)) return;
  const isLine = LINES.has(localName);
  if (localName === 'br' || (isLine && !state.atLineStart)) write(state, '\n');
  const before = state.length;
  writeCode(element, state);
  if (isLine && (state.length === before || !state.atLineStart)) write(state, '\n');
}

const PREFIXED =
  /^(?:language|lang|highlight-source|highlight-text|highlight|brush|src|code)-(.+)$/i;
/** Classes beside which a highlighter puts the bare name of the language. */
const COMPANIONS: ReadonlySet<string> = new Set(['hljs', 'highlight', 'sourcecode', 'brush:']);
const NO_LANGUAGE: ReadonlySet<string> = new Set(
  (
    'auto block code container default hljs line-numbers linenums listing no-highlight ' +
    'nohighlight none notranslate numberlines plain plaintext prettyprint source text txt ' +
    'undefined wrapper'
  ).split(' '),
);
const LANGUAGE = /^[a-z0-9][a-z0-9+#._-]{0,29}$/;
const LEVELS_MAX = 4;

/** Of the block's `<code>`, the block, its wrappers, and what is close around them. */
function languageAround(block: DomElement, outer: DomElement): string {
  const code = block.firstElementChild;
  let language = code === null ? '' : languageOf(code);
  let element: DomElement | null = block;
  let beyond = false;
  for (let level = 0; language === '' && element !== null; level += 1) {
    if ((level > LEVELS_MAX && beyond) || element.localName === 'body') break;
    language = languageOf(element);
    beyond ||= element === outer;
    element = element.parentNode;
  }
  return language;
}

function languageOf(element: DomElement): string {
  const stated =
    element.getAttribute('data-lang') ??
    element.getAttribute(LANGUAGE_ATTRIBUTE) ??
    (isCode(element) ? element.getAttribute('lang') : null);
  const tokens = classesOf(element);
  const prefixed = tokens.map((token) => PREFIXED.exec(token)?.[1] ?? '');
  const accompanied = tokens.some((token) => COMPANIONS.has(token.toLowerCase()));
  const bare = accompanied && WRAPPED.has(element.localName) ? tokens : [];
  for (const candidate of [stated ?? '', ...prefixed, ...bare]) {
    const name = candidate.toLowerCase().replace(/;$/, '');
    if (!LANGUAGE.test(name) || NO_LANGUAGE.has(name) || name.startsWith('hljs')) continue;
    if (COMPANIONS.has(name)) continue;
    return name;
  }
  return '';
}

const isCode = (element: DomElement): boolean =>
  element.localName === 'pre' || element.localName === 'code';

const WRAPPED: ReadonlySet<string> = new Set(['code', 'pre', 'figure']);

/** What a node of a normalised block says, exactly. */
export const codeText = (pre: DomNode): string => pre.textContent;
