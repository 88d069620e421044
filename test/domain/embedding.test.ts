import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chunkEmbeddingText,
  type EmbedderSpec,
  fingerprintOf,
  PROBE_TEXTS,
  prepareText,
  requireFingerprint,
} from '#domain/embedding.ts';

const spec: EmbedderSpec = {
  provider: 'static',
  model: 'lite',
  revision: 'r1',
  dimension: 3,
  pooling: 'mean',
  normalisation: 'l2',
  queryPrefix: '',
  documentPrefix: '',
  tokensMax: 512,
  tokenizer: 'words',
};
const probes = PROBE_TEXTS.map((_, at) => Float32Array.of(at / 10, -0.25, 0.5));

describe('fingerprintOf', () => {
  it('changes with every field of the spec', () => {
    const variants = Object.entries(spec).map(([key, value]) => ({
      ...spec,
      [key]: typeof value === 'number' ? value + 1 : `${value}x`,
    }));
    const prints = [spec, ...variants].map((given) => fingerprintOf(given, probes));
    expect(new Set(prints).size).toBe(prints.length);
    expect(prints[0]).toMatch(/^emb-[0-9a-f]{32}$/);
  });

  it('changes with the vectors, and with their order', () => {
    const moved = probes.with(1, Float32Array.of(0.1, -0.25, 0.501));
    const prints = [probes, moved, probes.toReversed()].map((given) => fingerprintOf(spec, given));
    expect(new Set(prints).size).toBe(3);
  });

  it('does not see the last bits, nor the sign of zero', () => {
    const blurred = probes.map((vector) => vector.map((value) => value + 1e-7));
    expect(fingerprintOf(spec, blurred)).toBe(fingerprintOf(spec, probes));
    const [zero, minus, tiny] = [0, -0, -1e-9].map((value) =>
      fingerprintOf(spec, [Float32Array.of(value)]),
    );
    expect([minus, tiny]).toEqual([zero, zero]);
  });
});

it('requireFingerprint names both embedders when they differ', () => {
  expect(() => requireFingerprint('emb-1', 'emb-1', 'posts@v1')).not.toThrow();
  const check = () => requireFingerprint('emb-2', 'emb-1', 'posts@v1');
  expect(check).toThrow(expect.objectContaining({ code: 'embedding_space_mismatch' }));
  expect(check).toThrow(/posts@v1 was built with embedder emb-1, .* is emb-2/);
});

describe('prepareText', () => {
  it.each([
    ['  a \t b  ', 'a b'],
    ['a\u0000b\u0007c', 'a b c'],
    ['e\u0301', 'é'],
    ['a\n\n  b', 'a\n\n b'],
    ['', ''],
  ])('%j becomes %j', (text, expected) => {
    expect(prepareText(text)).toBe(expected);
  });

  it('changes nothing the second time, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const prepared = prepareText(text);
        expect(prepareText(prepared)).toBe(prepared);
        expect(prepared).toBe(prepared.normalize('NFC'));
        expect(prepared).not.toMatch(/(?![\t\n])\p{Cc}/u);
      }),
    );
  });
});

describe('chunkEmbeddingText', () => {
  const chunk = { title: 'Title', headingPath: ['Title', 'Part', ''], text: 'The  text.' };

  it('puts the title and the headings before the text, each once', () => {
    expect(chunkEmbeddingText(chunk, () => true)).toBe('Title › Part\n\nThe text.');
    expect(chunkEmbeddingText({ title: '', headingPath: [], text: 'x' }, () => true)).toBe('x');
  });

  it('leaves out context from its outer end where it does not fit, never the text', () => {
    const within = (max: number) => chunkEmbeddingText(chunk, (text) => text.length <= max);
    expect(within(20)).toBe('Part\n\nThe text.');
    expect(within(12)).toBe('The text.');
    expect(within(0)).toBe('The text.');
  });
});
