import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  GENERATION_DEFAULTS,
  isPairingId,
  type PairingManifest,
  pairingIdOf,
  RETRIEVAL_DEFAULTS,
  type RetrievalSettings,
  retrievalOf,
  validateManifest,
  verifyPairing,
  withoutDefaults,
} from '#domain/pairing.ts';

const manifest: PairingManifest = {
  format: 'lockstep.pairing/1',
  view: 'posts@v1',
  viewSpecHash: 'spec',
  embedderFingerprint: 'emb-1',
  retrieval: RETRIEVAL_DEFAULTS,
  prompt: { id: 'answer@v1', hash: 'p' },
  model: { id: 'extractive@v1', hash: 'm' },
  generation: GENERATION_DEFAULTS,
};

const VARIANTS: readonly Partial<RetrievalSettings>[] = [
  { fusion: 'rrf' },
  { fusion: 'rrf', rrfK: 10 },
  { hitsPerDocumentMax: 2 },
  { mmrLambda: 0.7 },
  { sectionTokensMax: 600 },
];

type Tree = { readonly [key: string]: unknown };
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null;

/** The manifest once for each of its leaves, with that leaf alone changed. */
function variantsOf(tree: Tree): readonly Tree[] {
  return Object.entries(tree).flatMap(([key, value]) => {
    if (isTree(value)) return variantsOf(value).map((variant) => ({ ...tree, [key]: variant }));
    return [{ ...tree, [key]: typeof value === 'number' ? value + 1 : `${value}x` }];
  });
}

describe('pairingIdOf', () => {
  it('changes with every field', () => {
    const variants = variantsOf(manifest) as readonly PairingManifest[];
    expect(variants).toHaveLength(15);
    const ids = [manifest, ...variants].map(pairingIdOf);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(isPairingId(id)).toBe(true);
  });

  it('does not change with the order of the fields', () => {
    const reversed = (tree: Tree): Tree =>
      Object.fromEntries(
        Object.entries(tree)
          .reverse()
          .map(([key, value]) => [key, isTree(value) ? reversed(value) : value]),
      );
    const other = reversed(manifest) as PairingManifest;
    expect(JSON.stringify(other)).not.toBe(JSON.stringify(manifest));
    expect(pairingIdOf(other)).toBe(pairingIdOf(manifest));
  });

  it('changes with every setting that may be left out', () => {
    const ids = VARIANTS.map((changes) =>
      pairingIdOf({ ...manifest, retrieval: { ...RETRIEVAL_DEFAULTS, ...changes } }),
    );
    expect(new Set([pairingIdOf(manifest), ...ids]).size).toBe(VARIANTS.length + 1);
  });

  it('is pinned: a change of it would orphan every stored pairing', () => {
    expect(pairingIdOf(manifest)).toMatchInlineSnapshot(
      `"pairing-2c7c8446423c4a076e519a75d5519021"`,
    );
  });
});

it.each([
  ['pairing-0123', true],
  [`pairing-${'a'.repeat(32)}`, true],
  [`pairing-${'a'.repeat(33)}`, false],
  ['pairing-012', false],
  ['pairing-XYZW', false],
  ['production', false],
  ['pairing-0123%', false],
])('isPairingId(%j) is %s', (text, expected) => {
  expect(isPairingId(text)).toBe(expected);
});

it('verifyPairing refuses a row that was changed', () => {
  const id = pairingIdOf(manifest);
  expect(() => verifyPairing({ id, manifest })).not.toThrow();
  const forged = { ...manifest, view: 'posts@v2' };
  const check = () => verifyPairing({ id, manifest: forged });
  expect(check).toThrow(expect.objectContaining({ code: 'history_broken' }));
});

describe('validateManifest', () => {
  it('accepts the defaults', () => {
    expect(() => validateManifest(manifest)).not.toThrow();
  });

  it.each([
    ['retrieval', 'denseWeight', [-0.1, 1.1, Number.NaN]],
    ['retrieval', 'candidates', [0, 1_001, 10.5, Number.NaN]],
    ['retrieval', 'hitsMax', [0, 101, 2.5]],
    ['retrieval', 'contextTokensMax', [0, 1_000_001, 0.5]],
    ['retrieval', 'hitsPerDocumentMax', [0, 1_001, 1.5, Number.NaN]],
    ['retrieval', 'mmrLambda', [-0.1, 1.1, Number.NaN]],
    ['retrieval', 'sectionTokensMax', [0, RETRIEVAL_DEFAULTS.contextTokensMax + 1, 0.5]],
    ['retrieval', 'fusion', ['borda', null, 1]],
    ['retrieval', 'rrfK', [60, 1]],
    ['retrieval', 'rerank', [true]],
    ['generation', 'temperature', [-1, 2.1, Number.POSITIVE_INFINITY]],
    ['generation', 'tokensMax', [0, 1.5]],
    ['generation', 'seed', [-1, 0.5, Number.NaN, 2 ** 53]],
  ] as const)('refuses %s.%s of %j', (group, name, values) => {
    for (const value of values) {
      const wrong = { ...manifest, [group]: { ...manifest[group], [name]: value } };
      expect(() => validateManifest(wrong)).toThrow(
        expect.objectContaining({ code: 'invalid_input', param: `${group}.${name}` }),
      );
    }
  });

  it.each([-1, 10_001, 2.5, Number.NaN])('refuses reciprocal ranks with a k of %d', (rrfK) => {
    const retrieval = { ...RETRIEVAL_DEFAULTS, fusion: 'rrf', rrfK } as const;
    expect(() => validateManifest({ ...manifest, retrieval })).toThrow(
      expect.objectContaining({ code: 'invalid_input', param: 'retrieval.rrfK' }),
    );
  });

  it('refuses a manifest without a setting that every pairing has', () => {
    const { candidates: _, ...retrieval } = RETRIEVAL_DEFAULTS;
    const wrong = { ...manifest, retrieval } as PairingManifest;
    expect(() => validateManifest(wrong)).toThrow(
      expect.objectContaining({ code: 'invalid_input', param: 'retrieval.candidates' }),
    );
  });

  it.each(VARIANTS)('accepts %j', (changes) => {
    const retrieval = { ...RETRIEVAL_DEFAULTS, ...changes };
    expect(() => validateManifest({ ...manifest, retrieval })).not.toThrow();
  });

  it('accepts whatever is in range', () => {
    const retrieval = fc.integer({ min: 1, max: 1_000 }).chain((candidates) =>
      fc.record({
        denseWeight: fc.double({ min: 0, max: 1, noNaN: true }),
        candidates: fc.constant(candidates),
        hitsMax: fc.integer({ min: 1, max: candidates }),
        contextTokensMax: fc.integer({ min: 1, max: 1_000_000 }),
      }),
    );
    fc.assert(
      fc.property(retrieval, (settings) => {
        expect(() => validateManifest({ ...manifest, retrieval: settings })).not.toThrow();
      }),
    );
  });
});

describe('retrievalOf', () => {
  it('fills in what a pairing leaves out', () => {
    const { denseWeight, ...others } = RETRIEVAL_DEFAULTS;
    expect(retrievalOf(RETRIEVAL_DEFAULTS)).toEqual({
      ...others,
      fusion: { kind: 'sum', denseWeight, rrfK: 60 },
      hitsPerDocumentMax: null,
      mmrLambda: null,
      sectionTokensMax: null,
    });
  });

  it('is the same with and without the settings that hold anyway', () => {
    for (const changes of [...VARIANTS, { fusion: 'sum' }, { fusion: 'rrf', rrfK: 60 }] as const) {
      const settings = { ...RETRIEVAL_DEFAULTS, ...changes };
      expect(retrievalOf(withoutDefaults(settings))).toEqual(retrievalOf(settings));
    }
    expect(withoutDefaults({ ...RETRIEVAL_DEFAULTS, fusion: 'sum' })).toEqual(RETRIEVAL_DEFAULTS);
    expect(withoutDefaults({ ...RETRIEVAL_DEFAULTS, fusion: 'rrf', rrfK: 60 })).toEqual({
      ...RETRIEVAL_DEFAULTS,
      fusion: 'rrf',
    });
  });
});
