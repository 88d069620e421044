import { mix32 } from '#domain/minhash.ts';
import { SIGNATURE_BYTES, SIGNATURE_HASHES } from './minhash.ts';

/**
 * 32 bands of 8 hashes: a pair of similarity s shares a band with a probability of
 * 1 − (1 − s⁸)³²: .12 at .5, .85 at .7, .997 at .8, .99996 at .85. Source: Leskovec, Rajaraman,
 * Ullman, "Mining of Massive Datasets", 3.4.
 */
const BANDS = 32;
/** Two hashes of 16 bits are compared at once. */
const WORDS = SIGNATURE_BYTES / 4;
const BAND_WORDS = WORDS / BANDS;

/**
 * Kept documents that a document is compared with for one band, the most preferred ones. More share
 * a band only when a site's pages have much text in common without being alike; a near-duplicate
 * shares 27 of 100 bands or more, and is found by another one.
 */
const BUCKET_MAX = 32;

type Nearest = {
  /** Position of the kept document. */
  readonly at: number;
  /** Hashes that both share, of 256. */
  readonly hashes: number;
};

export type BandIndex = {
  /** The kept document that shares the most hashes, at least `hashesMin`; of equals the first. */
  nearest(at: number, signature: Uint8Array, hashesMin: number): Nearest | null;
  /** Keeps the document that was asked for last. */
  keep(at: number): void;
};

/**
 * For up to `size` documents at positions from 0 on. Memory: 512 bytes of signature a document, and
 * 256 to 384 of bands.
 */
export function createBandIndex(size: number): BandIndex {
  const bytes = new Uint8Array(size * SIGNATURE_BYTES);
  const words = new Uint32Array(bytes.buffer);
  const hashes = new Uint16Array(bytes.buffer);
  const slots = 2 ** Math.ceil(Math.log2(Math.max(1, size) * BANDS));
  /** First entry of a slot's chain, and the one after an entry. An entry is one band of a document. */
  const heads = new Int32Array(slots).fill(-1);
  const nexts = new Int32Array(size * BANDS).fill(-1);
  /** The last document that a kept one was compared with. */
  const comparedWith = new Int32Array(size).fill(-1);

  const slotOf = (at: number, band: number): number => {
    let hash = band;
    const from = at * WORDS + band * BAND_WORDS;
    for (let word = from; word < from + BAND_WORDS; word += 1) {
      hash = mix32(hash ^ (words[word] ?? 0));
    }
    return hash & (slots - 1);
  };
  const hasBand = (entry: number, at: number, band: number): boolean => {
    if (entry % BANDS !== band) return false;
    const [theirs, ours] = [entry * BAND_WORDS, at * WORDS + band * BAND_WORDS];
    for (let word = 0; word < BAND_WORDS; word += 1) {
      if (words[theirs + word] !== words[ours + word]) return false;
    }
    return true;
  };
  /** Hashes that two documents share, or −1 as soon as they cannot be `least`. */
  const sharedHashes = (a: number, b: number, least: number): number => {
    const [left, right] = [a * SIGNATURE_HASHES, b * SIGNATURE_HASHES];
    let missing = SIGNATURE_HASHES - least;
    for (let hash = 0; hash < SIGNATURE_HASHES; hash += 1) {
      if (hashes[left + hash] === hashes[right + hash]) continue;
      missing -= 1;
      if (missing < 0) return -1;
    }
    return least + missing;
  };

  return {
    nearest(at, signature, hashesMin) {
      bytes.set(signature, at * SIGNATURE_BYTES);
      let nearest: Nearest | null = null;
      for (let band = 0; band < BANDS; band += 1) {
        for (let entry = heads[slotOf(at, band)] ?? -1; entry >= 0; entry = nexts[entry] ?? -1) {
          const kept = Math.floor(entry / BANDS);
          if (comparedWith[kept] === at || !hasBand(entry, at, band)) continue;
          comparedWith[kept] = at;
          const shared = sharedHashes(kept, at, nearest?.hashes ?? hashesMin);
          if (shared < 0) continue;
          if (nearest !== null && shared === nearest.hashes && kept > nearest.at) continue;
          nearest = { at: kept, hashes: shared };
        }
      }
      return nearest;
    },
    keep(at) {
      for (let band = 0; band < BANDS; band += 1) {
        const slot = slotOf(at, band);
        let sharing = 0;
        for (let entry = heads[slot] ?? -1; entry >= 0; entry = nexts[entry] ?? -1) {
          if (hasBand(entry, at, band)) sharing += 1;
        }
        if (sharing >= BUCKET_MAX) continue;
        const entry = at * BANDS + band;
        nexts[entry] = heads[slot] ?? -1;
        heads[slot] = entry;
      }
    },
  };
}
