import type { Label } from '#domain/dataset.ts';

/** Makes a question of a label; `title` is the document's. */
type Templates = {
  readonly heading: (title: string, heading: string) => string;
  readonly title: (title: string) => string;
};

/** Wording is part of the builder: changing one needs another `BUILDER_VERSION`. */
const TEMPLATES: Readonly<Record<string, Templates>> = {
  en: {
    heading: (title, heading) => `What does “${title}” say about “${heading}”?`,
    title: (title) => `What is “${title}” about?`,
  },
  fr: {
    heading: (title, heading) => `Que dit « ${title} » au sujet de « ${heading} » ?`,
    title: (title) => `De quoi parle « ${title} » ?`,
  },
};

/** Pages that do not declare a language are taken for this one. */
const LANGUAGE_DEFAULT = 'en';

/** Headings that name a part of any post instead of what it says. */
const GENERIC_HEADINGS = new Set([
  ...['introduction', 'intro', 'overview', 'background', 'motivation', 'context', 'preface'],
  ...['conclusion', 'conclusions', 'summary', 'tl dr', 'tldr', 'wrap up', 'wrapping up'],
  ...['final thoughts', 'closing thoughts', 'takeaways', 'key takeaways', 'next steps', 'outlook'],
  ...['notes', 'footnotes', 'references', 'further reading', 'see also', 'related', 'links'],
  ...['faq', 'questions', 'example', 'examples', 'usage', 'setup', 'installation', 'results'],
  ...[
    'discussion',
    'method',
    'methods',
    'limitations',
    'future work',
    'appendix',
    'before you begin',
  ],
  ...['résumé', 'contexte', 'exemple', 'exemples', 'références', 'pour finir', 'en résumé'],
]);

/** A heading of fewer words rarely says by itself what its section is about. */
const WORDS_ALONE_MIN = 3;

function isGenericHeading(heading: string): boolean {
  const words = heading.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.length < WORDS_ALONE_MIN || GENERIC_HEADINGS.has(words.join(' '));
}

/**
 * The user's message for a label; `null` when its kind makes no instruction or no template speaks
 * its language. A question that several documents ask names its own.
 */
export function instructionOf(
  label: Label,
  language: string | null,
  shared: boolean,
): string | null {
  if (label.kind === 'question_answer') return queryOf(label, shared);
  const tag = (language ?? LANGUAGE_DEFAULT).toLowerCase().split('-')[0] ?? LANGUAGE_DEFAULT;
  const templates = TEMPLATES[tag];
  if (templates === undefined) return null;
  if (label.kind === 'title_lead') return templates.title(label.title);
  return label.kind === 'heading_section' ? templates.heading(label.title, label.input) : null;
}

/** What someone would type: the label's words, after the title where they alone name nothing. */
export function queryOf(label: Label, shared: boolean): string {
  if (label.kind === 'link_target' || label.kind === 'title_lead' || label.title === '') {
    return label.input;
  }
  const alone = !shared && !isGenericHeading(label.input);
  return alone ? label.input : `${label.title}: ${label.input}`;
}
