import { classesOf, type DomElement } from './dom.ts';

/** Classes that say what a post is about, not what an element is for (WordPress gives them). */
const TOPICAL = /^(?:tag|category|author|topic|section|postid|post|page|type|format|status)-./i;

/** The words of an element's classes, in lower case: `relatedPosts more-links` has four. */
export function nameTokens(element: DomElement): readonly string[] {
  return classesOf(element)
    .filter((name) => !TOPICAL.test(name))
    .flatMap((name) => name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').split(/[^\p{L}\p{N}]+/u))
    .map((token) => token.toLowerCase());
}
