import type { ChunkerSpec } from './chunk.ts';
import type { EmbedderSpec, SparseSpec } from './embedding.ts';
import { AppError } from './errors.ts';
import { hashOf } from './hash.ts';

/** A stage's implementation, by name and version; a changed behaviour is a new version. */
export type StageSpec = { readonly name: string; readonly version: number };

/** All that decides what a view holds for a given set of pages. */
export type FeatureViewSpec = {
  readonly extractor: StageSpec;
  readonly cleaner: StageSpec;
  readonly chunker: ChunkerSpec;
  readonly dense: EmbedderSpec;
  readonly sparse: SparseSpec;
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
  /** Physical name in the index: letters, digits and underscores. */
  readonly collection: string;
  /** Newest epoch that readers may ask for; 0 before the first. */
  readonly publishedEpoch: number;
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
