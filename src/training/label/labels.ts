import type { Label } from '#domain/dataset.ts';
import type { Revision } from '#domain/document.ts';
import { inlineLinks, plainText } from './inline.ts';
import { isQuestion, questionsOf } from './questions.ts';
import { INLINE_CHARACTERS_MAX, leadOf, type Section, sectionsOf, sourceOf } from './sections.ts';

/**
 * The labels that a snapshot's documents carry in their own structure, by document and place; what
 * documents say of themselves comes before what links say of them, and so wins where both agree.
 * Every `output` is a piece of its document's Markdown, character for character.
 */
export function labelsOf(revisions: readonly Revision[]): readonly Label[] {
  const parsed = revisions.map((revision) => {
    const sections = sectionsOf(revision.markdown);
    return { revision, sections, lead: leadOf(sections)?.text ?? null };
  });
  const targets = new Map<string, Parsed>();
  for (const document of parsed) {
    // The exact URL wins over another document's that differs in the last slash alone.
    const loose = slashless(document.revision.url);
    if (!targets.has(loose)) targets.set(loose, document);
  }
  for (const document of parsed) targets.set(document.revision.url, document);
  const targetOf = (url: string) => targets.get(url) ?? targets.get(slashless(url)) ?? null;
  return [...parsed.flatMap(ownLabels), ...parsed.flatMap((from) => linkLabels(from, targetOf))];
}

type Parsed = {
  readonly revision: Revision;
  readonly sections: readonly Section[];
  readonly lead: string | null;
};

function ownLabels({ revision, sections, lead }: Parsed): readonly Label[] {
  const { documentId, id: revisionId, url, markdown } = revision;
  const { title } = revision.metadata;
  const label = (kind: Label['kind'], input: string, output: string): Label => ({
    ...{ kind, documentId, revisionId, url, title, input, output },
    outputDocumentId: documentId,
  });
  const labels: Label[] = [];
  if (lead !== null && title !== '') labels.push(label('title_lead', title, lead));
  for (const section of sections) {
    const { heading } = section;
    // A heading that repeats the title asks for the lead, which is labelled already.
    if (heading !== null && heading !== '' && heading !== title) {
      const kind = isQuestion(heading) ? 'question_answer' : 'heading_section';
      labels.push(label(kind, heading, sourceOf(markdown, section.blocks)));
    }
    for (const { question, answer } of questionsOf(markdown, section)) {
      labels.push(label('question_answer', question, answer));
    }
  }
  return labels.filter(({ output }) => output !== '');
}

function linkLabels(from: Parsed, targetOf: (url: string) => Parsed | null): readonly Label[] {
  const { revision, sections } = from;
  const prose = sections.flatMap(({ blocks }) => blocks.filter(({ kind }) => kind !== 'code'));
  return prose.flatMap((block) =>
    inlineLinks(block.text).flatMap((link): readonly Label[] => {
      if (link.image || link.text.length > INLINE_CHARACTERS_MAX) return [];
      const target = targetOf(resolved(link.href, revision.url));
      const input = plainText(link.text);
      if (target === null || target.lead === null || isGeneric(input)) return [];
      if (target.revision.documentId === revision.documentId) return [];
      return [
        {
          kind: 'link_target',
          documentId: revision.documentId,
          revisionId: revision.id,
          url: revision.url,
          title: revision.metadata.title,
          input,
          output: target.lead,
          outputDocumentId: target.revision.documentId,
        },
      ];
    }),
  );
}

/** Absolute and without its fragment; an href that is no URL names no document. */
function resolved(href: string, base: string): string {
  if (!URL.canParse(href, base)) return '';
  const url = new URL(href, base);
  url.hash = '';
  return url.href;
}

const slashless = (url: string): string => (url.endsWith('/') ? url.slice(0, -1) : url);

/** Link texts that say nothing about where they lead. */
const GENERIC = new Set([
  ...['here', 'click here', 'right here', 'this', 'this one', 'that', 'it', 'link', 'this link'],
  ...['more', 'read more', 'learn more', 'see more', 'more here', 'more details', 'details'],
  ...['this post', 'this article', 'this page', 'the post', 'the article', 'post', 'article'],
  ...['source', 'see', 'see here', 'see also', 'next', 'previous', 'back', 'home', 'top', 'url'],
  ...['continue reading', 'full post', 'permalink', 'website', 'blog', 'part 1', 'part 2'],
  ...['ici', 'cliquez ici', 'lire la suite', 'en savoir plus', 'cet article', 'lien', 'suite'],
]);

function isGeneric(text: string): boolean {
  const words = text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  return words === '' || GENERIC.has(words) || URL.canParse(text) || /^\p{N}+$/u.test(words);
}
