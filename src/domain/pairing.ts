import { AppError } from './errors.ts';
import { FUSION_KINDS, type Fusion, type FusionKind } from './fusion.ts';
import { hashOf } from './hash.ts';

/**
 * How inference searches and how much of what it finds the model may read. What is absent has no
 * part in a pairing's id: pairings of before a setting was known keep theirs.
 */
export type RetrievalSettings = {
  /** Weight of the dense ranking in the fusion, 0–1; the sparse one has the rest. */
  readonly denseWeight: number;
  /** Points asked of each ranking before fusion. */
  readonly candidates: number;
  /** Most hits that may ground an answer. */
  readonly hitsMax: number;
  /** Most passage tokens in the prompt, by the view's tokenizer. */
  readonly contextTokensMax: number;
  /** How the two rankings become one; absent: `sum`. */
  readonly fusion?: FusionKind;
  /** Constant of `rrf`, which alone may have it; absent: 60. */
  readonly rrfK?: number;
  /** Most hits of one document; absent: any number. */
  readonly hitsPerDocumentMax?: number;
  /** λ of maximal marginal relevance, 1 for relevance alone; absent: hits stay in the fused order. */
  readonly mmrLambda?: number;
  /** Most tokens of the section that a hit is widened to; absent: hits stay as they were found. */
  readonly sectionTokensMax?: number;
};

/** The settings with nothing left out; `null` is off. */
export type EffectiveRetrieval = Pick<
  RetrievalSettings,
  'candidates' | 'hitsMax' | 'contextTokensMax'
> & {
  readonly fusion: Fusion;
  readonly hitsPerDocumentMax: number | null;
  readonly mmrLambda: number | null;
  readonly sectionTokensMax: number | null;
};

/** Cormack et al.'s, of 2009. */
const RRF_K = 60;

/** How a pairing retrieves, its own settings and the defaults of those it leaves out. */
export const retrievalOf = (settings: RetrievalSettings): EffectiveRetrieval => {
  const { denseWeight, candidates, hitsMax, contextTokensMax } = settings;
  const { fusion: kind = 'sum', rrfK = RRF_K } = settings;
  return {
    candidates,
    hitsMax,
    contextTokensMax,
    fusion: { kind, denseWeight, rrfK },
    hitsPerDocumentMax: settings.hitsPerDocumentMax ?? null,
    mmrLambda: settings.mmrLambda ?? null,
    sectionTokensMax: settings.sectionTokensMax ?? null,
  };
};

/** The same settings without those that say what holds anyway, so that they make the same pairing. */
export function withoutDefaults(settings: RetrievalSettings): RetrievalSettings {
  const { fusion = 'sum', rrfK = RRF_K, ...others } = settings;
  return {
    ...others,
    ...(fusion === 'sum' ? {} : { fusion }),
    ...(rrfK === RRF_K ? {} : { rrfK }),
  };
}

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

/** Settings that may be left out. */
const OPTIONAL: readonly string[] = [
  'fusion',
  'rrfK',
  'hitsPerDocumentMax',
  'mmrLambda',
  'sectionTokensMax',
] satisfies readonly (keyof RetrievalSettings)[];
const SETTINGS: readonly string[] = [...Object.keys(RETRIEVAL_DEFAULTS), ...OPTIONAL];

/** A setting that changes retrieval in a way that this version knows nothing of. */
export const unknownSettingOf = (retrieval: RetrievalSettings): string | null =>
  Object.keys(retrieval).find((name) => !SETTINGS.includes(name)) ?? null;

/**
 * Throws `invalid_input` naming the first setting that is unknown, out of range or no whole number,
 * or that would have no effect.
 */
export function validateManifest({ retrieval, generation }: PairingManifest): void {
  const { fusion = 'sum', rrfK, contextTokensMax } = retrieval;
  const unknown = unknownSettingOf(retrieval);
  if (unknown !== null) refuse(`retrieval.${unknown}`, 'is no setting that is known.');
  if (!FUSION_KINDS.includes(fusion)) {
    refuse('retrieval.fusion', `must be one of ${FUSION_KINDS.join(', ')}, not ${fusion}.`);
  }
  if (rrfK !== undefined && fusion !== 'rrf') {
    refuse('retrieval.rrfK', 'has no effect unless retrieval.fusion is rrf; leave it out.');
  }
  const ranges: readonly Range[] = [
    ['retrieval.denseWeight', retrieval.denseWeight, 0, 1, 'real'],
    ['retrieval.candidates', retrieval.candidates, 1, 1_000, 'whole'],
    ['retrieval.hitsMax', retrieval.hitsMax, 1, retrieval.candidates, 'whole'],
    ['retrieval.contextTokensMax', contextTokensMax, 1, 1_000_000, 'whole'],
    ['retrieval.rrfK', rrfK, 0, 10_000, 'whole'],
    ['retrieval.hitsPerDocumentMax', retrieval.hitsPerDocumentMax, 1, 1_000, 'whole'],
    ['retrieval.mmrLambda', retrieval.mmrLambda, 0, 1, 'real'],
    ['retrieval.sectionTokensMax', retrieval.sectionTokensMax, 1, contextTokensMax, 'whole'],
    ['generation.temperature', generation.temperature, 0, 2, 'real'],
    ['generation.tokensMax', generation.tokensMax, 1, 1_000_000, 'whole'],
    ['generation.seed', generation.seed, 0, Number.MAX_SAFE_INTEGER, 'whole'],
  ];
  for (const [name, value, min, max, numbers] of ranges) {
    if (value === undefined && OPTIONAL.includes(name.slice('retrieval.'.length))) continue;
    const isNumber = numbers === 'real' || Number.isInteger(value);
    if (value !== undefined && value >= min && value <= max && isNumber) continue;
    const kind = numbers === 'whole' ? 'a whole number ' : '';
    refuse(name, `must be ${kind}within ${min} and ${max}, not ${value}.`);
  }
}

function refuse(name: string, what: string): never {
  throw new AppError('invalid_input', `${name} ${what}`, { param: name });
}

type Range = readonly [
  name: string,
  value: number | undefined,
  min: number,
  max: number,
  numbers: 'real' | 'whole',
];
