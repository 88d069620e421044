/** As much of a node as going through a tree takes. */
type Walked<Node> = {
  readonly firstChild: Node | null;
  readonly nextSibling: Node | null;
  readonly parentNode: Node | null;
};

/** The node after this one in document order, within another one. */
export function nextWithin<Node extends Walked<Node>>(node: Node, within: Node): Node | null {
  if (node.firstChild !== null) return node.firstChild;
  for (let at: Node | null = node; at !== null && at !== within; at = at.parentNode) {
    if (at.nextSibling !== null) return at.nextSibling;
  }
  return null;
}

/** Throws a `RangeError` when a node is around the one that it shall be put into. */
export function refuseCircle<Node extends Walked<Node>>(node: Node, into: Node): void {
  for (let at: Node | null = into; at !== null; at = at.parentNode) {
    if (at === node) throw new RangeError('an element cannot be put into itself');
  }
}
