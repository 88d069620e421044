import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numberOption, parseEmbedderReference, wordOption } from '#domain/embedder-reference.ts';

const parsed = (text: string) => {
  const { provider, model, options } = parseEmbedderReference(text);
  return { provider, model, options: Object.fromEntries(options) };
};
const refusal = (text: string): string => {
  try {
    parseEmbedderReference(text);
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: 'invalid_input', param: 'embedder' });
    return String(thrown);
  }
  throw new Error(`${text} was not refused`);
};

describe('parseEmbedderReference', () => {
  it.each([
    ['static:models/lockstep-static-en-v1', 'static', 'models/lockstep-static-en-v1', {}],
    ['static:C:\\models\\one', 'static', 'C:\\models\\one', {}],
    ['transformers:Xenova/bge-small-en-v1.5', 'transformers', 'Xenova/bge-small-en-v1.5', {}],
    [
      'transformers:a/b?dtype=q8&query-prefix=search%5Fquery%3A%20&pooling=cls',
      'transformers',
      'a/b',
      { dtype: 'q8', 'query-prefix': 'search_query: ', pooling: 'cls' },
    ],
    [
      'openai:text-embedding-3-small?dimensions=512&dollars=0.02',
      'openai',
      'text-embedding-3-small',
      { dimensions: '512', dollars: '0.02' },
    ],
    ['openai:org/model:tag?', 'openai', 'org/model:tag', {}],
    ['openai:m?document-prefix=', 'openai', 'm', { 'document-prefix': '' }],
  ])('reads %s', (text, provider, model, options) => {
    expect(parsed(text)).toEqual({ provider, model, options });
  });

  it.each([
    ['', 'write it like static:<folder>'],
    ['static', 'write it like static:<folder>'],
    ['static:', 'write it like static:<folder>'],
    ['static:?x=1', 'write it like static:<folder>'],
    [':model', 'write it like static:<folder>'],
    ['cohere:embed-v3', 'write it like static:<folder>'],
    ['STATIC:models', 'write it like static:<folder>'],
    ['static:models?dtype=q8', 'static has no option "dtype"; it has none'],
    ['transformers:a/b?dimensions=2', 'transformers has no option "dimensions"; it has dtype'],
    ['openai:m?dimension=2', 'openai has no option "dimension"; it has dimensions'],
    ['openai:m?dimensions=2&dimensions=3', '"dimensions" is there twice'],
  ])('refuses %j', (text, told) => {
    const message = refusal(text);
    expect(message).toContain(told);
    expect(message).toContain(`embedder ${text}`);
  });

  it('gives any model and prefix back as it was', () => {
    const model = fc.string({ minLength: 1 }).filter((text) => !text.includes('?'));
    fc.assert(
      fc.property(fc.constantFrom('static', 'transformers', 'openai'), model, (provider, name) => {
        expect(parsed(`${provider}:${name}`)).toEqual({ provider, model: name, options: {} });
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (prefix) => {
        const text = `transformers:a/b?query-prefix=${encodeURIComponent(prefix)}`;
        expect(parsed(text).options).toEqual({ 'query-prefix': prefix });
      }),
    );
  });
});

describe('numberOption', () => {
  const of = (value: string, whole = true) =>
    numberOption(parseEmbedderReference(`openai:m?dimensions=${value}`), 'dimensions', {
      min: 1,
      max: 512,
      whole,
    });

  it('gives a number within its bounds, and nothing where there is none', () => {
    expect([of('1'), of('512'), of('0512'), of('1e2')]).toEqual([1, 512, 512, 100]);
    expect(of('1.5', false)).toBe(1.5);
    const none = numberOption(parseEmbedderReference('openai:m'), 'dimensions', { min: 1, max: 9 });
    expect(none).toBeUndefined();
  });

  it.each(['', '0', '513', '-1', '1.5', 'NaN', 'Infinity', 'many', '12px'])(
    'refuses %j and says what it takes',
    (value) => {
      expect(() => of(value)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
      expect(() => of(value)).toThrow(`"${value}" is no whole number within 1 and 512`);
    },
  );
});

describe('wordOption', () => {
  const words = ['mean', 'cls'] as const;
  const of = (query: string) =>
    wordOption(parseEmbedderReference(`transformers:a/b${query}`), 'pooling', words);

  it('gives one of the words, and nothing where there is none', () => {
    expect([of('?pooling=cls'), of('?pooling=mean'), of('')]).toEqual(['cls', 'mean', undefined]);
  });

  it('refuses any other and names them', () => {
    for (const word of ['CLS', 'last', '']) {
      expect(() => of(`?pooling=${word}`)).toThrow(`"${word}" is none of mean, cls`);
    }
  });
});
