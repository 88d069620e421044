/** Text that is markup already. Only `markup` and `trusted` make it. */
export type Markup = { readonly markup: string };

/** What a template takes: text is escaped, markup is not, `null` and `false` are nothing. */
export type Part = Markup | string | number | null | false | readonly Part[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escaped for element content and quoted attributes, in HTML and in XML. */
export const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? character);

/** Tag for templates of HTML or XML. */
export const markup = (strings: TemplateStringsArray, ...parts: readonly Part[]): Markup =>
  trusted(strings.reduce((text, string, at) => text + written(parts[at - 1] ?? null) + string));

/** Marks text as markup. For what a renderer has escaped, never for what an author has typed. */
export const trusted = (text: string): Markup => ({ markup: text });

/** JSON for the inside of a script element: no `<`, and ASCII alone, so that no charset matters. */
export const scriptJson = (value: unknown): Markup =>
  trusted(
    JSON.stringify(value, null, 2).replaceAll(
      /[<\u007f-\uffff]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  );

function written(part: Part): string {
  if (part === null || part === false) return '';
  if (typeof part === 'string') return escaped(part);
  if (typeof part === 'number') return String(part);
  if ('markup' in part) return part.markup;
  return part.map(written).join('');
}
