import { AppError } from './errors.ts';
import { hashOf } from './hash.ts';

/** How inference searches and how much of what it finds the model may read. */
export type RetrievalSettings = {
  /** Weight of the dense ranking in the fusion, 0–1; the sparse one has the rest. */
  readonly denseWeight: number;
  /** Points asked of each ranking before fusion. */
  readonly candidates: number;
  /** Most hits that may ground an answer. */
  readonly hitsMax: number;
  /** Most passage tokens in the prompt, by the view's tokenizer. */
  readonly contextTokensMax: number;
};

export const RETRIEVAL_DEFAULTS: RetrievalSettings = {
  denseWeight: 0.4,
  candidates: 100,
  hitsMax: 8,
  contextTokensMax: 1_600,
};

export type GenerationParameters = {
  readonly temperature: number;
  readonly tokensMax: number;
  readonly seed: number;
};

export const GENERATION_DEFAULTS: GenerationParameters = {
  temperature: 0,
  tokensMax: 512,
  seed: 7,
};

/** All that an answer depends on besides the question and the epoch. */
export type PairingManifest = {
  readonly format: 'lockstep.pairing/1';
  readonly view: string;
  readonly viewSpecHash: string;
  readonly embedderFingerprint: string;
  readonly retrieval: RetrievalSettings;
  readonly prompt: { readonly id: string; readonly hash: string };
  readonly model: { readonly id: string; readonly hash: string };
  readonly generation: GenerationParameters;
};

/** A manifest under the hash of its canonical JSON. */
export type Pairing = {
  readonly id: string;
  readonly manifest: PairingManifest;
  readonly createdAt: string;
};

/** Hex digits of the hash that are kept: 128 bits. */
const HASH_LENGTH = 32;
const PREFIX = 'pairing-';

/** `pairing-` and the first 32 hex digits of the SHA-256 of the canonical JSON. */
export const pairingIdOf = (manifest: PairingManifest): string =>
  `${PREFIX}${hashOf(manifest).slice(0, HASH_LENGTH)}`;

export const isPairingId = (text: string): boolean => /^pairing-[0-9a-f]{4,32}$/.test(text);

/** Throws `history_broken` when a stored pairing's id is not the hash of its manifest. */
export function verifyPairing(pairing: Pick<Pairing, 'id' | 'manifest'>): void {
  const expected = pairingIdOf(pairing.manifest);
  if (pairing.id === expected) return;
  throw new AppError(
    'history_broken',
    `pairing ${pairing.id} hashes to ${expected}: its row was changed. Restore it from a backup.`,
  );
}

/** Throws `invalid_input` naming the first setting that is out of range or no whole number. */
export function validateManifest(manifest: PairingManifest): void {
  const { retrieval, generation } = manifest;
  const seedMax = Number.MAX_SAFE_INTEGER;
  const ranges: readonly Range[] = [
    ['retrieval.denseWeight', retrieval.denseWeight, 0, 1, 'real'],
    ['retrieval.candidates', retrieval.candidates, 1, 1_000, 'whole'],
    ['retrieval.hitsMax', retrieval.hitsMax, 1, retrieval.candidates, 'whole'],
    ['retrieval.contextTokensMax', retrieval.contextTokensMax, 1, 1_000_000, 'whole'],
    ['generation.temperature', generation.temperature, 0, 2, 'real'],
    ['generation.tokensMax', generation.tokensMax, 1, 1_000_000, 'whole'],
    ['generation.seed', generation.seed, 0, seedMax, 'whole'],
  ];
  for (const [name, value, min, max, numbers] of ranges) {
    if (value >= min && value <= max && (numbers === 'real' || Number.isInteger(value))) continue;
    const kind = numbers === 'whole' ? 'a whole number ' : '';
    throw new AppError(
      'invalid_input',
      `${name} must be ${kind}within ${min} and ${max}, not ${value}.`,
      { param: name },
    );
  }
}

type Range = readonly [
  name: string,
  value: number,
  min: number,
  max: number,
  numbers: 'real' | 'whole',
];
