import type { PostMetadata } from '#domain/document.ts';
import type { ErrorCode } from '#domain/errors.ts';
import type { PiiPolicy, SourceKind, SourceRules } from '#domain/source.ts';
import type { RawPage } from '#ports/page-fetcher.ts';
import type { ExtractedPage, PageReader } from '#ports/page-reader.ts';
import type { PostMarks } from '#ports/source-registry.ts';
import { CLEANER, type CleanPost, clean } from './clean/clean.ts';
import { detectLanguage, languageOf } from './clean/language.ts';
import { maskPage } from './clean/pii/mask-page.ts';
import { countPii, maskText } from './clean/pii/pii.ts';
import { blocksOf, packHashes, removeTemplateBlocks } from './clean/template-blocks.ts';
import { signatureOf } from './dedupe/minhash.ts';
import { EXTRACTOR } from './extract/extract.ts';
import { surveyText } from './extract/text-page.ts';
import { judge, QUALITY_LIMITS } from './validate/validate.ts';

/** By whom a revision is: another extractor or cleaner would read its page otherwise. */
export const EXTRACTED_BY = `${EXTRACTOR.name}@${EXTRACTOR.version} ${CLEANER.name}@${CLEANER.version}`;

/** Whoever names a folder wants its files: a short note is a post there, and a blank file is none. */
const FILE_LIMITS = { ...QUALITY_LIMITS, wordsMin: 1, codeLengthMin: 1 };

/** A page as it may be stored, and what was read out of it. */
export type PageReading = { readonly page: RawPage; readonly extracted: ExtractedPage };

/** Extracts a page, after masking what its source's policy wants masked. Rejects with `cancelled`. */
export async function readPage(
  reader: PageReader,
  page: RawPage,
  pii: PiiPolicy,
  signal: AbortSignal,
): Promise<PageReading> {
  const storable = pii === 'mask' ? maskPage(page).page : page;
  return { page: storable, extracted: await reader.read(storable, signal) };
}

export type Post = Pick<CleanPost, 'url' | 'markdown' | 'metadata'> & { readonly marks: PostMarks };

export type PostVerdict =
  | { readonly kind: 'accepted'; readonly post: Post }
  | {
      readonly kind: 'rejected';
      readonly stage: 'extract' | 'validate';
      readonly code: ErrorCode;
      readonly message: string;
    };

type Rules = Pick<SourceRules, 'pii' | 'languages'> & {
  readonly kind: SourceKind;
  /** Hashes of the blocks that repeat across the site's pages. */
  readonly templates: ReadonlySet<bigint>;
};

/** clean → validate: the post that a page holds, or why it holds none. */
export async function postOf(extracted: ExtractedPage, rules: Rules): Promise<PostVerdict> {
  const { url } = extracted;
  if (extracted.malformed !== null) {
    const message = `${url} cannot be read: ${extracted.malformed}`;
    return { kind: 'rejected', stage: 'extract', code: 'malformed', message };
  }
  const whole = withoutPii(await withLanguage(clean(extracted)), rules.pii);
  const post = withoutTemplates(whole, rules.templates);
  const limits = rules.kind === 'folder' ? FILE_LIMITS : QUALITY_LIMITS;
  const verdict = judge(post, { languages: rules.languages, limits });
  if (verdict.kind === 'rejected') return { ...verdict, stage: 'validate' };
  const { markdown, metadata } = post;
  const blocks = packHashes(blocksOf(whole.markdown).map(({ hash }) => hash));
  const marks = { signature: signatureOf(markdown), blocks };
  return { kind: 'accepted', post: { url, markdown, metadata, marks } };
}

async function withLanguage(post: CleanPost): Promise<CleanPost> {
  const { markdown, metadata } = post;
  const language = languageOf(metadata.language, await detectLanguage(markdown));
  return { ...post, metadata: { ...metadata, language } };
}

/** Masked once more: what stood in several elements of the page is one text only now. */
function withoutPii(post: CleanPost, policy: PiiPolicy): CleanPost {
  if (policy === 'keep') return post;
  const found = countPii(post.markdown);
  const pii = Object.keys(found).length === 0 ? {} : { pii: found };
  if (policy === 'flag') return { ...post, metadata: { ...post.metadata, ...pii } };
  return {
    ...post,
    markdown: maskText(post.markdown).text,
    metadata: maskMetadata(post.metadata),
  };
}

function maskMetadata(metadata: PostMetadata): PostMetadata {
  const mask = (text: string) => maskText(text).text;
  const optional = (text: string | null) => (text === null ? null : mask(text));
  return {
    ...metadata,
    title: mask(metadata.title),
    author: optional(metadata.author),
    siteName: optional(metadata.siteName),
    description: optional(metadata.description),
    tags: [...new Set(metadata.tags.map(mask))],
  };
}

function withoutTemplates(post: CleanPost, templates: ReadonlySet<bigint>): CleanPost {
  if (templates.size === 0) return post;
  const markdown = removeTemplateBlocks(post.markdown, templates);
  if (markdown === post.markdown) return post;
  const { words, linkWords, codeLength } = surveyText(markdown, post.url);
  const linkShare = words === 0 ? 0 : linkWords / words;
  return { ...post, markdown, words, linkShare, codeLength };
}
