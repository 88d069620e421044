/** UTF-16 units of the text that is kept of one element. */
export const TEXT_LENGTH_MAX = 16_384;

/** An element while it is open, and, with all its text, when it closes. */
export type XmlElement = {
  /** Local name in lower case. */
  readonly name: string;
  /** As it is written, in lower case. */
  readonly qualified: string;
  /** Namespace: a short name (xml-spaces.ts), else its URI, else the undeclared prefix, else ``. */
  readonly space: string;
  /** By qualified name in lower case. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly parent: XmlElement | null;
  /** Counted from 1, the root. */
  readonly depth: number;
  /** What relative references in it are resolved against (`xml:base`). */
  readonly base: string;
  /** `xml:lang` that is in force; empty where the document says that there is none. */
  readonly language: string | null;
  /** Text of the element and of its descendants, at most `TEXT_LENGTH_MAX` of it. */
  text: string;
  /** What it holds as HTML, when the visitor asked for it and it is not too long. */
  markup: string | null;
};
