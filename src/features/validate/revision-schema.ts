import { z } from 'zod';
import type { CleanPost } from '../clean/clean.ts';

/** UTF-16 units; longer than any page that is fetched. */
const MARKDOWN_LENGTH_MAX = 20_000_000;
const URL_LENGTH_MAX = 16_384;
const LINE_LENGTH_MAX = 16_384;
const TAGS_MAX = 200;

/** Line breaks and tabs are text; other control characters and halves of pairs cannot be stored. */
const CONTROL = /(?![\t\n])\p{Cc}/u;

const stored = (text: string): boolean =>
  text.isWellFormed() && !CONTROL.test(text) && text.normalize('NFC') === text;
const storable = 'must be NFC, well formed and without control characters';
const line = z
  .string()
  .min(1)
  .max(LINE_LENGTH_MAX)
  .refine((text) => stored(text) && !/[\n\t]/.test(text), `${storable}, on one line`);

/** A day, or an instant with its zone; both in the calendar. */
const date = z.union([z.iso.date(), z.iso.datetime({ offset: true, local: true })]);

const metadata = z.strictObject({
  title: line,
  author: line.nullable(),
  publishedAt: date.nullable(),
  modifiedAt: date.nullable(),
  language: z
    .string()
    .regex(/^[a-z]{2,3}$/, 'must be a BCP 47 primary tag')
    .nullable(),
  siteName: line.nullable(),
  description: line.nullable(),
  tags: z.array(line).max(TAGS_MAX),
  pii: z.record(z.string(), z.int().positive()).optional(),
});

/** What every revision is. */
const REVISION_SCHEMA = z.object({
  url: z.url({ protocol: /^(?:https?|file)$/ }).max(URL_LENGTH_MAX),
  markdown: z
    .string()
    .max(MARKDOWN_LENGTH_MAX)
    .refine((text) => text.trim() !== '', 'must not be empty')
    .refine(stored, storable),
  metadata,
});

/**
 * What of a post breaks the schema, as `metadata.title: …`, or `null`. It is a value: a page that
 * gets this far in a form that cannot be stored is one page lost and no reason to end a crawl.
 */
export function faultOf(post: Pick<CleanPost, 'url' | 'markdown' | 'metadata'>): string | null {
  const parsed = REVISION_SCHEMA.safeParse(post);
  const [issue] = parsed.error?.issues ?? [];
  return issue === undefined ? null : `${issue.path.join('.')}: ${issue.message}`;
}
