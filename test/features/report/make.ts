import type { DeadLetter, Document } from '#domain/document.ts';
import { documentIdOf } from '#domain/document.ts';
import type { Run } from '#domain/run.ts';
import type { PageState } from '#domain/source.ts';
import type { Visit } from '#domain/visit.ts';

export const ORIGIN = 'https://blog.example';

export const urlOf = (path: string): string => (path.startsWith('/') ? `${ORIGIN}${path}` : path);

/** The n-th second of the tests' own time; fractions are milliseconds. */
export const at = (second: number): string =>
  new Date(Date.UTC(2026, 2, 1) + Math.round(second * 1_000)).toISOString();

export const visit = (path: string, outcome: string, changes: Partial<Visit> = {}): Visit => ({
  runId: 'r2',
  sourceName: 'blog',
  url: urlOf(path),
  outcome,
  code: null,
  elapsedMs: 20,
  bytes: 5_000,
  at: at(10),
  ...changes,
});

/** A visit that found a page that is not taken. */
export const refused = (path: string, code: string, changes: Partial<Visit> = {}): Visit =>
  visit(path, 'rejected', { code, ...changes });

export const letter = (
  path: string,
  code: string,
  changes: Partial<DeadLetter> = {},
): DeadLetter => ({
  runId: 'r2',
  sourceName: 'blog',
  url: urlOf(path),
  stage: 'validate',
  code,
  message: `${urlOf(path)} is ${code}`,
  retryable: false,
  at: at(9),
  ...changes,
});

export const document = (path: string, changes: Partial<Document> = {}): Document => ({
  id: documentIdOf(urlOf(path)),
  url: urlOf(path),
  sourceName: 'blog',
  status: 'live',
  revisionId: 'revision',
  canonicalId: null,
  firstSeenAt: at(0),
  closedAt: null,
  ...changes,
});

export const state = (path: string, changes: Partial<PageState> = {}): PageState => ({
  sourceName: 'blog',
  url: urlOf(path),
  documentId: null,
  etag: null,
  lastModified: null,
  bodyHash: null,
  links: [],
  outcome: 'document',
  goneCount: 0,
  extractedBy: 'html@v1',
  checkedAt: at(10),
  ...changes,
});

export const byUrl = <T extends { readonly url: string }>(entries: readonly T[]) =>
  new Map(entries.map((entry) => [entry.url, entry]));

export const run = (changes: Partial<Run> = {}): Run => ({
  id: 'r2',
  kind: 'crawl',
  subject: 'source:blog',
  status: 'done',
  startedAt: at(5),
  endedAt: at(65),
  counts: {},
  produced: [],
  error: null,
  ...changes,
});
