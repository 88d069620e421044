import type { PostMetadata } from '#domain/document.ts';
import { captionImages } from './captions.ts';
import { normaliseCodeBlocks } from './code-blocks.ts';
import type { DomElement } from './dom.ts';
import { trimEdges } from './edges.ts';
import { takeFootnotes } from './footnotes.ts';
import { dropFurniture, handDownNames } from './furniture.ts';
import { dropHeadingIds } from './heading-ids.ts';
import { dropRepeatedAlts } from './images.ts';
import { dropLinkBlocks } from './link-blocks.ts';
import { findMainContent } from './main-content.ts';
import { type Markdown, toMarkdown } from './markdown.ts';
import { unwrapQuotations } from './quotations.ts';
import type { PageReading } from './read-page.ts';
import { fillRowSpans } from './row-spans.ts';
import { betterContent, readStatedBody } from './stated-body.ts';

/** A post's text. */
type Content = Markdown & {
  /** Why there is none although there should be. */
  readonly malformed: string | null;
};

type Known = {
  readonly url: string;
  readonly metadata: PostMetadata;
  /** The text as JSON-LD has it. */
  readonly body: string | null;
  readonly read: () => PageReading;
};

const NO_CONTENT: Content = {
  text: '',
  words: 0,
  linkWords: 0,
  codeLength: 0,
  malformed: null,
};

/** The text of a page that was read; takes its document apart. Never throws. */
export function readContent(reading: PageReading, known: Known): Content {
  if (reading.malformed !== null) return { ...NO_CONTENT, malformed: reading.malformed };
  const { title } = known.metadata;
  const stated = readStatedBody(reading.facts.bodies, known.body);
  const { document, footnotes } = preparedOf(reading);
  const readAgain = () => preparedOf(known.read()).document;
  const main = findMainContent({ document, title, readAgain: () => readAgain().body });
  if (main.kind === 'failed') return { ...NO_CONTENT, malformed: main.reason };
  const found = main.kind === 'found' ? main.element : null;
  const content = betterContent(found, stated, readAgain) ?? found;
  if (content === null) return NO_CONTENT;
  try {
    tidy(content, reading.facts.base, known);
    return {
      ...toMarkdown(content, { base: reading.facts.base, title, footnotes }),
      malformed: null,
    };
  } catch (cause) {
    // Turndown recurses and matches without bounds; a page that is too much for it is given up.
    const reason = cause instanceof Error ? cause.message : String(cause);
    return { ...NO_CONTENT, malformed: `its content cannot be written as Markdown (${reason})` };
  }
}

/** The document without what Readability would take for something else. */
function preparedOf({ document, codeBlocks, inPageLinks }: PageReading) {
  normaliseCodeBlocks(document, codeBlocks);
  const footnotes = takeFootnotes(document, inPageLinks);
  dropHeadingIds(document);
  unwrapQuotations(document);
  handDownNames(document.body);
  return { document, footnotes };
}

/** Leaves of a main content what is the post. */
function tidy(content: DomElement, base: string, { url, metadata }: Known): void {
  captionImages(content);
  dropFurniture(content);
  dropLinkBlocks(content, { base, url });
  trimEdges(content, metadata);
  dropRepeatedAlts(content, metadata.title);
  fillRowSpans(content.ownerDocument, content);
}
