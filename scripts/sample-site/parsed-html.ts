import { load } from 'cheerio';

const BLOCKS =
  'p, h1, h2, h3, h4, h5, h6, li, ul, ol, pre, blockquote, table, tr, td, th, figure, hr, br, div';

/** What one reads of a post's HTML: its words in order, white space as single blanks. */
export function plainText(html: string): string {
  const $ = load(html, null, false);
  $('figure.chart, a.anchor').remove();
  for (const block of $(BLOCKS)) $(block).before(' ').after(' ');
  return singleSpaced($.root().text());
}

export const singleSpaced = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

const ATTRIBUTES = ['href', 'src', 'action'] as const;

/** A page (or, with `fragment`, a piece of one) with each of its addresses replaced. */
export function mapAddresses(
  html: string,
  replace: (address: string) => string,
  { fragment }: { readonly fragment: boolean },
): string {
  const $ = load(html, null, !fragment);
  for (const name of ATTRIBUTES) {
    for (const element of $(`[${name}]`).not('base')) {
      $(element).attr(name, replace($(element).attr(name) ?? ''));
    }
  }
  return $.html();
}

export type PageLinks = {
  /** Addresses as the page means them: absolute, resolved against its base. */
  readonly targets: readonly string[];
  readonly ids: ReadonlySet<string>;
};

/** Where a page leads: links, images, style sheets, forms and a refresh. `url` is its own. */
export function pageLinks(html: string, url: string): PageLinks {
  const $ = load(html);
  const base = new URL($('base').attr('href') ?? url, url);
  const written = ATTRIBUTES.flatMap((name) =>
    $(`[${name}]`)
      .not('base')
      .toArray()
      .map((element) => $(element).attr(name) ?? ''),
  );
  const refresh = $('meta[http-equiv="refresh"]').attr('content')?.split('url=')[1];
  const addresses = refresh === undefined ? written : [...written, refresh];
  return {
    targets: addresses.map((address) => new URL(address, base).href),
    ids: new Set(
      $('[id]')
        .toArray()
        .map((element) => $(element).attr('id') ?? ''),
    ),
  };
}
