import type { StageSpec } from '#domain/feature-view.ts';
import { minHashOf, shinglesOf } from '#domain/minhash.ts';
import { visibleText } from './visible-text.ts';

/** Signatures of another version say nothing about those of this one. */
export const SIGNATURE: StageSpec = { name: 'minhash', version: 1 };

/** The estimate's standard deviation is √(s (1 − s) / 256): .022 at a similarity of .85. */
export const SIGNATURE_HASHES = 256;
/** Two bytes a hash: two sets agree on one by chance in 2⁻¹⁶ of the cases. */
export const SIGNATURE_BYTES = SIGNATURE_HASHES * 2;

/** With fewer, one other word makes a text look like a different one. */
const SHINGLES_MIN = 20;

/**
 * What a text is compared by, in 512 bytes: the low half of each of 256 MinHash values of its word
 * 5-shingles, least byte first. Case, punctuation, markup and link targets do not count; code does,
 * or pages that explain different code in the same words would be one. `null` for a text of less
 * than 24 words, or of less than 20 different shingles: too short to judge.
 */
export function signatureOf(markdown: string): Uint8Array | null {
  const shingles = shinglesOf(visibleText(markdown));
  if (shingles.size < SHINGLES_MIN) return null;
  const signature = new Uint8Array(SIGNATURE_BYTES);
  for (const [at, hash] of minHashOf(shingles, SIGNATURE_HASHES).entries()) {
    signature[at * 2] = hash & 0xff;
    signature[at * 2 + 1] = (hash >>> 8) & 0xff;
  }
  return signature;
}

/** Estimated Jaccard similarity of two texts, 0–1 in steps of 1/256. */
export function estimateSimilarity(a: Uint8Array, b: Uint8Array): number {
  let shared = 0;
  for (let at = 0; at < SIGNATURE_BYTES; at += 2) {
    if (a[at] === b[at] && a[at + 1] === b[at + 1]) shared += 1;
  }
  return shared / SIGNATURE_HASHES;
}
