import type { Markup } from './markup.ts';

type Crumb = { readonly path: string; readonly label: string };

/** One HTML page, before it has its frame. Paths are site paths. */
export type Page = {
  readonly path: string;
  readonly title: string;
  readonly description: string;
  readonly lang: string;
  readonly ogType: 'website' | 'article' | 'profile';
  /** Above it in the hierarchy, the home page first. */
  readonly crumbs: readonly Crumb[];
  readonly main: Markup;
  /** More elements for the head. */
  readonly head: Markup;
  /** `null` leaves the meta element out. */
  readonly charset: string | null;
  readonly robots: string | null;
  /** ISO 8601 date for the sitemap; `null` for pages that no sitemap names. */
  readonly modified: string | null;
};

const HOME: Crumb = { path: '/', label: 'Home' };

/** A page with what most pages have. */
export function createPage(
  required: Pick<Page, 'path' | 'title' | 'description' | 'main'>,
  rest: Partial<Page> = {},
): Page {
  return {
    lang: 'en',
    ogType: 'website',
    crumbs: [HOME],
    head: { markup: '' },
    charset: 'utf-8',
    robots: null,
    modified: null,
    ...required,
    ...rest,
  };
}

/** The file that a static host serves at a site path. */
export const fileOf = (path: string): string => {
  if (path.endsWith('/')) return `${path.slice(1)}index.html`;
  return path.slice(path.lastIndexOf('/')).includes('.') ? path.slice(1) : `${path.slice(1)}.html`;
};
