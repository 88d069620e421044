import { Tokenizer } from 'htmlparser2';
import { createAttributeReader, type WrittenValue } from './attribute-texts.ts';
import { createPieceText, type PieceText } from './piece-text.ts';

type Callbacks = ConstructorParameters<typeof Tokenizer>[1];

export type HtmlTexts = {
  /**
   * What a page says to its readers as if no inline element were there; the same with the text of
   * each element apart, as a style sheet may have them; and what attributes, comments and scripts say.
   */
  readonly texts: readonly PieceText[];
  readonly values: readonly WrittenValue[];
};

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));
/** Elements that do not part the words around them. */
const INLINE = words(
  'a abbr acronym b bdi bdo big cite code del dfn em font i ins kbd label mark q rp rt ruby s ' +
    'samp small span strike strong sub sup tt u var wbr',
);
const CODE = words('pre code kbd samp tt');
const IGNORED = {
  onattribend() {},
  ondeclaration() {},
  onprocessinginstruction() {},
  onend() {},
};

/** Reads HTML, or XHTML as XML, in one pass. Never throws. */
export function readHtmlTexts(html: string, { xml }: { readonly xml: boolean }): HtmlTexts {
  const seen = createPieceText();
  const apart = createPieceText();
  const unseen = createPieceText();
  const attributes = createAttributeReader(html, unseen);
  const element = { name: '', isText: false };
  /** The script or style that is open, if one is, and how many elements of code. */
  const open = { raw: '', isText: false, code: 0 };

  const piece = (start: number, end: number) => ({ text: html.slice(start, end), start, end });
  const part = (text: PieceText, at: number) => text.insert('\n', at);
  const partSeen = (name: string, at: number) => {
    part(apart, at);
    if (!INLINE.has(name)) part(seen, at);
  };
  const addText = (added: { text: string; start: number; end: number }) => {
    if (open.raw !== '') return unseen.add(added, !open.isText);
    seen.add(added, open.code > 0);
    apart.add(added, open.code > 0);
  };
  const opened = (at: number) => {
    partSeen(element.name, at);
    if (CODE.has(element.name)) open.code += 1;
    if (element.name !== 'script' && element.name !== 'style') return;
    Object.assign(open, { raw: element.name, isText: element.isText });
    part(unseen, at);
  };
  const callbacks: Callbacks = {
    ...IGNORED,
    onopentagname(start, end) {
      Object.assign(element, { name: html.slice(start, end).toLowerCase(), isText: false });
    },
    onopentagend: opened,
    onselfclosingtag(at) {
      // HTML takes no notice of the slash, but where a text would be raw the parser does.
      if (xml || element.name === 'script' || element.name === 'style') partSeen(element.name, at);
      else opened(at);
    },
    onclosetag(start, end) {
      const name = html.slice(start, end).toLowerCase();
      if (name === open.raw) open.raw = '';
      if (CODE.has(name)) open.code = Math.max(0, open.code - 1);
      partSeen(name, start);
    },
    ontext: (start, end) => addText(piece(start, end)),
    ontextentity(codepoint, end) {
      const start = html.lastIndexOf('&', end - 1);
      addText({ text: String.fromCodePoint(codepoint), start, end });
    },
    onattribname: attributes.name,
    onattribdata(start, end) {
      attributes.text(start, end);
      if (attributes.isType()) element.isText ||= /json/i.test(html.slice(start, end));
    },
    onattribentity: attributes.entity,
    oncomment(start, end, offset) {
      part(unseen, start);
      unseen.add(piece(start, end - offset), false);
    },
    oncdata: (start, end, offset) => addText(piece(start, end - offset)),
  };
  const tokenizer = new Tokenizer({ xmlMode: xml, decodeEntities: true }, callbacks);
  tokenizer.write(html);
  tokenizer.end();
  return { texts: [seen, apart, unseen], values: attributes.values };
}
