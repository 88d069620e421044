import { describe, expect, it } from 'vitest';
import { type ModelSpec, modelHashOf, parseModelReference } from '#domain/model.ts';

describe('parseModelReference', () => {
  it.each([
    ['extractive', { provider: 'extractive', reference: 'extractive' }],
    ['openai:gpt-4.1-mini', { provider: 'openai', reference: 'gpt-4.1-mini' }],
    ['openai:ft:mini:acme::1', { provider: 'openai', reference: 'ft:mini:acme::1' }],
    ['static:models/with blank', { provider: 'static', reference: 'models/with blank' }],
  ])('reads %j', (text, expected) => {
    expect(parseModelReference(text)).toEqual(expected);
  });

  it.each(['', ' ', ':', ':x', 'openai:', ' openai:x', 'openai:x '])('refuses %j', (text) => {
    expect(() => parseModelReference(text)).toThrow(
      expect.objectContaining({ code: 'invalid_input', param: 'model' }),
    );
  });
});

it('gives another hash for every field of a spec', () => {
  const spec: ModelSpec = {
    kind: 'chat',
    provider: 'openai',
    reference: 'mini',
    base: null,
    datasetId: null,
    parameters: { temperature: 0 },
  };
  const others: readonly Partial<ModelSpec>[] = [
    ...[{}, { kind: 'reranker' as const }, { provider: 'x' }, { reference: 'x' }],
    ...[{ base: 'x' }, { datasetId: 'x' }, { parameters: { temperature: 1 } }],
  ];
  const hashes = others.map((other) => modelHashOf({ ...spec, ...other }));
  expect(new Set(hashes).size).toBe(others.length);
});
