/** As much of a node as writing it takes. */
type Written = {
  readonly nodeType: number;
  readonly textContent: string;
};
type WrittenElement = Written & {
  readonly localName: string;
  readonly attributes: readonly { readonly name: string; readonly value: string }[];
  readonly childNodes: readonly Written[];
};

const VOID: ReadonlySet<string> = new Set(
  'area base br col embed hr img input link meta source track wbr'.split(' '),
);

const isElement = (node: Written): node is WrittenElement => node.nodeType === 1;

/** HTML of a node. Recurses as deep as the tree does, which whoever builds it has to bound. */
export function writeHtml(node: Written): string {
  if (!isElement(node)) return escaped(node.textContent);
  const attributes = node.attributes.map(
    ({ name, value }) => ` ${name}="${escaped(value).replaceAll('"', '&quot;')}"`,
  );
  const tag = `<${node.localName}${attributes.join('')}>`;
  if (VOID.has(node.localName)) return tag;
  return `${tag}${node.childNodes.map(writeHtml).join('')}</${node.localName}>`;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const known = new Map<string, string>();
/** Names that are kept: pages have few, but may make up any number. */
const KNOWN_MAX = 1_000;

/** An element's name as `tagName` has it. */
export function upperCase(name: string): string {
  const upper = known.get(name);
  if (upper !== undefined) return upper;
  const made = name.toUpperCase();
  if (known.size < KNOWN_MAX) known.set(name, made);
  return made;
}
