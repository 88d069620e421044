import type { DomElement } from './dom.ts';
import { decodeEntities } from './entities.ts';

export type TitleHints = {
  /** `<title>`. */
  readonly title: string;
  /** What the page calls itself elsewhere: JSON-LD headline, og:title; best first. */
  readonly stated: readonly string[];
  readonly headings: readonly DomElement[];
  readonly siteName: string | null;
  readonly url: string;
};

const SEPARATOR = /\s+(?:[|·•»«›‹∙~]|[-–—]{1,2}|::|<|>|\/)\s+|:\s+|\s*\|\s*/g;
const LENGTH_MAX = 1_000;

/**
 * The post's own title. The site's name at either end is dropped when the page names its site, when
 * a heading says the rest alone, or when it is the host's name; what is doubtful stays. A page
 * without any title is called by its first heading, else by its URL.
 */
export function pageTitle(hints: TitleHints): string {
  const headings = hints.headings.map(({ textContent }) => tidy(textContent)).filter(Boolean);
  const [candidate] = [...hints.stated, hints.title].map(tidy).filter((text) => text !== '');
  if (candidate === undefined) return headings[0] ?? hints.url;
  return withoutSite(candidate, headings, siteNamesOf(hints));
}

const tidy = (text: string): string =>
  decodeEntities(text).replace(/\s+/g, ' ').trim().slice(0, LENGTH_MAX);

const keyOf = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');

function withoutSite(
  title: string,
  headings: readonly string[],
  names: ReadonlySet<string>,
): string {
  const known = new Set(headings.map(keyOf));
  if (known.has(keyOf(title))) return title;
  const separators = [...title.matchAll(SEPARATOR)];
  for (const { index, 0: separator } of separators) {
    const before = title.slice(0, index).trim();
    const after = title.slice(index + separator.length).trim();
    if (before === '' || after === '') continue;
    if (known.has(keyOf(before)) || names.has(keyOf(after))) return before;
    if (known.has(keyOf(after)) || names.has(keyOf(before))) return after;
  }
  return title;
}

/** The site as the page names it, and as its host does: `example.com`, `example`. */
function siteNamesOf({ siteName, url }: TitleHints): ReadonlySet<string> {
  const host = (URL.parse(url)?.hostname ?? '').replace(/^www\./, '');
  const labels = host.split('.');
  const label = labels.length > 1 ? (labels.at(-2) ?? '') : host;
  const names = [siteName ?? '', host, labels[0] ?? '', label].map(keyOf);
  return new Set(names.filter((name) => name !== ''));
}
