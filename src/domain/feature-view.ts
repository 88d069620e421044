import type { ChunkerSpec } from './chunk.ts';
import type { EmbedderSpec, SparseSpec } from './embedding.ts';
import { AppError } from './errors.ts';
import { hashOf } from './hash.ts';

/** A stage's implementation, by name and version; a changed behaviour is a new version. */
export type StageSpec = { readonly name: string; readonly version: number };

/**
 * Where an index keeps what it holds, for indexes that have the choice. It decides on speed and
 * cost, never on which points there are.
 */
export type IndexStorage = {
  /** Full dense vectors: on disk they cost little memory and a slower search. */
  readonly vectors: 'memory' | 'disk';
  /** Postings of terms. */
  readonly terms: 'memory' | 'disk';
  /** Small copies of the dense vectors that candidates are found with; scores stay exact. */
  readonly quantisation: 'none' | 'int8' | 'binary';
  /** Parts that the points are spread over; `null` leaves it to the index. */
  readonly shards: number | null;
  /** Copies of each part. */
  readonly replicas: number;
};

export const STORAGE_DEFAULTS: IndexStorage = {
  vectors: 'memory',
  terms: 'memory',
  quantisation: 'none',
  shards: null,
  replicas: 1,
};

/** All that decides what a view holds for a given set of pages, and how its index keeps it. */
export type FeatureViewSpec = {
  readonly extractor: StageSpec;
  readonly cleaner: StageSpec;
  readonly chunker: ChunkerSpec;
  readonly dense: EmbedderSpec;
  readonly sparse: SparseSpec;
  /** Absent: as the index does by itself, `STORAGE_DEFAULTS`. */
  readonly storage?: IndexStorage;
};

/** An immutable spec and the one physical collection built by it. */
export type FeatureView = {
  /** `posts@v1`. */
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly spec: FeatureViewSpec;
  readonly specHash: string;
  /** Fingerprint of the dense embedder at the view's creation. */
  readonly fingerprint: string;
  /**
   * How the embedder was named: `static:<folder>`, `transformers:<model>`, `openai:<model>`. Says
   * where to look for it, not what it is; `null` for views that are older than this note.
   */
  readonly embedder: string | null;
  /** Physical name in the index: letters, digits and underscores. */
  readonly collection: string;
  /** Newest epoch that readers may ask for; 0 before the first. */
  readonly publishedEpoch: number;
  /** Oldest epoch that readers may ask for: vacuum took what older ones alone could see. */
  readonly firstEpoch: number;
  /** When it was verified for the first time; no pairing names a view before. */
  readonly readyAt: string | null;
  /** When its collection was dropped, for good. Its name is not given to another. */
  readonly droppedAt: string | null;
  readonly createdAt: string;
};

export const specHashOf = (spec: FeatureViewSpec): string => hashOf(spec);

export const versionedId = (name: string, version: number): string => `${name}@v${version}`;

export const collectionOf = (name: string, version: number): string =>
  `${name.replace(/[^a-z0-9]+/gi, '_').toLowerCase()}_v${version}`;

/** Parses `posts@v3` (also `posts`, any version). Throws `invalid_input` on anything else. */
export function parseVersionedId(text: string): { name: string; version: number | null } {
  const match = /^([a-z0-9][a-z0-9-]*)(?:@v([1-9]\d*))?$/.exec(text);
  if (match?.[1] === undefined) {
    throw new AppError('invalid_input', `"${text}" is no versioned name; write it like posts@v1.`);
  }
  return { name: match[1], version: match[2] === undefined ? null : Number(match[2]) };
}
