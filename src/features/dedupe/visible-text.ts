/** `](target "title")`; the target may hold brackets in pairs. */
const TARGET =
  /\]\((?:<[^<>\n]*>|[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?:[ \t]{1,9}(?:"[^"\n]*"|'[^'\n]*'))?\)/g;

/**
 * Markdown without where its links and images lead: what readers see of it. Two hosts of one post
 * differ in targets alone. Linear.
 */
export const visibleText = (markdown: string): string => markdown.replace(TARGET, ']');
