import type { Chunk, ChunkMember } from '#domain/chunk.ts';
import { AppError } from '#domain/errors.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import { publishedMsOf } from '#ports/feature-index.ts';
import type { QdrantSchemas } from './requests.ts';

/** Keys that filters ask for, and what kind of payload index each has. */
export const INDEXED = {
  from: 'span',
  to: 'span',
  document: 'uuid',
  source: 'keyword',
  language: 'keyword',
  tags: 'keyword',
  published: 'span',
} as const;

/** A member as flat, readable payload; `published` is its date in milliseconds, for filters. */
export const payloadOf = ({ key, chunk, context, from, to }: ChunkMember) => ({
  from,
  to,
  document: context.documentId,
  source: context.sourceName,
  language: context.language,
  tags: context.tags,
  published: publishedMsOf(context.publishedAt),
  key,
  revision: context.revisionId,
  url: context.url,
  title: context.title,
  publishedAt: context.publishedAt,
  headings: chunk.headingPath,
  start: chunk.start,
  end: chunk.end,
  tokens: chunk.tokens,
  text: chunk.text,
  before: chunk.frame?.before ?? null,
  after: chunk.frame?.after ?? null,
});

type PointPayload = ReturnType<typeof payloadOf>;
type Record = QdrantSchemas['Record'];

/** Throws `index_mismatch` for a point that Lockstep did not write. */
export function memberOf(view: FeatureView, { id, payload }: Record): ChunkMember {
  const read = createReader(view, id, payload);
  return {
    id: String(id),
    key: read.text('key'),
    chunk: {
      start: read.number('start'),
      end: read.number('end'),
      text: read.text('text'),
      headingPath: read.texts('headings'),
      tokens: read.number('tokens'),
      ...frameOf(read),
    },
    context: {
      documentId: read.text('document'),
      revisionId: read.text('revision'),
      url: read.text('url'),
      sourceName: read.text('source'),
      title: read.text('title'),
      language: read.textOrNull('language'),
      publishedAt: read.textOrNull('publishedAt'),
      tags: read.texts('tags'),
    },
    from: read.number('from'),
    to: read.number('to'),
  };
}

function frameOf(read: ReturnType<typeof createReader>): Pick<Chunk, 'frame'> {
  const before = read.textOrNull('before');
  const after = read.textOrNull('after');
  return before === null && after === null
    ? {}
    : { frame: { before: before ?? '', after: after ?? '' } };
}

/** Id and span of a point; throws as `memberOf` does. */
export function spanOf(view: FeatureView, { id, payload }: Record) {
  const read = createReader(view, id, payload);
  return { id: String(id), from: read.number('from'), to: read.number('to') };
}

/** A point's document; throws as `memberOf` does. */
export const documentOf = (view: FeatureView, { id, payload }: Record): string =>
  createReader(view, id, payload).text('document');

function createReader(view: FeatureView, id: Record['id'], payload: Record['payload']) {
  const wrong = (key: string) =>
    new AppError(
      'index_mismatch',
      `point ${id} of collection ${view.collection} has no proper "${key}"; run "lockstep view ` +
        `verify ${view.id} --repair".`,
    );
  const held = (key: keyof PointPayload): unknown =>
    payload == null ? undefined : Reflect.get(payload, key);
  const textOrNull = (key: keyof PointPayload): string | null => {
    const value = held(key) ?? null;
    if (value === null || typeof value === 'string') return value;
    throw wrong(key);
  };
  return {
    textOrNull,
    text: (key: keyof PointPayload): string => {
      const value = textOrNull(key);
      if (value === null) throw wrong(key);
      return value;
    },
    number: (key: keyof PointPayload): number => {
      const value = held(key);
      if (typeof value === 'number') return value;
      throw wrong(key);
    },
    texts: (key: keyof PointPayload): readonly string[] => {
      const value = held(key);
      const all: readonly unknown[] = Array.isArray(value) ? value : [];
      if (Array.isArray(value) && all.every((one) => typeof one === 'string')) return value;
      throw wrong(key);
    },
  };
}
