import { AppError } from '#domain/errors.ts';
import { createBandIndex } from './band-index.ts';
import { SIGNATURE, SIGNATURE_BYTES, SIGNATURE_HASHES } from './minhash.ts';
import { isPreferred } from './preference.ts';

/** Texts this similar, by Jaccard over word 5-shingles, are near-duplicates. */
export const SIMILARITY_MIN = 0.85;

export type Signed = {
  readonly id: string;
  readonly url: string;
  /** `null` for a text that is too short for one; it is nobody's near-duplicate. */
  readonly signature: Uint8Array | null;
};

export type NearDuplicate = {
  readonly id: string;
  /** The one that is kept in its place; itself no duplicate of any. */
  readonly canonicalId: string;
  /** Estimated, 0–1. */
  readonly similarity: number;
};

export type NearDuplicateOptions = {
  /** Default .85; from .5 on, below which bands find too few. */
  readonly similarityMin?: number;
};

/**
 * Documents that nearly repeat another one, each with the one it gives way to; in order of their
 * ids. A function of the set of documents, whatever order they come in.
 *
 * Clusters are stars: documents are taken in order of preference (shorter URL, then by code unit),
 * and one that is similar to documents kept so far gives way to the most similar of them; otherwise
 * it is kept. So each is similar to its canonical itself, and no chain of small changes makes one
 * of what differs. Linear in documents, for each is compared with a bounded number of kept ones.
 *
 * Memory is 1 KB a document. Throws `invalid_input` for a signature of another length.
 */
export function findNearDuplicates(
  entries: Iterable<Signed>,
  { similarityMin = SIMILARITY_MIN }: NearDuplicateOptions = {},
): readonly NearDuplicate[] {
  if (!(similarityMin >= 0.5 && similarityMin <= 1)) {
    throw new AppError('invalid_input', `similarityMin is ${similarityMin}; it is .5 to 1`);
  }
  const signed = [...entries].flatMap(withSignature).sort(byPreference);
  const index = createBandIndex(signed.length);
  const hashesMin = Math.ceil(similarityMin * SIGNATURE_HASHES);
  const duplicates: NearDuplicate[] = [];
  for (const [at, { id, signature }] of signed.entries()) {
    const nearest = index.nearest(at, signature, hashesMin);
    const canonicalId = nearest === null ? undefined : signed[nearest.at]?.id;
    if (nearest === null || canonicalId === undefined) index.keep(at);
    else duplicates.push({ id, canonicalId, similarity: nearest.hashes / SIGNATURE_HASHES });
  }
  return duplicates.sort((a, b) => (a.id < b.id ? -1 : 1));
}

type WithSignature = Signed & { readonly signature: Uint8Array };

function withSignature({ id, url, signature }: Signed): readonly WithSignature[] {
  if (signature === null) return [];
  if (signature.length === SIGNATURE_BYTES) return [{ id, url, signature }];
  throw new AppError(
    'invalid_input',
    `the signature of ${url} has ${signature.length} bytes and those of ` +
      `${SIGNATURE.name}@${SIGNATURE.version} have ${SIGNATURE_BYTES}; run lockstep reextract`,
  );
}

function byPreference(a: WithSignature, b: WithSignature): number {
  if (a.url === b.url) return a.id < b.id ? -1 : Number(a.id > b.id);
  return isPreferred(a.url, b.url) ? -1 : 1;
}
