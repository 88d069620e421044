import { describe, expect, it } from 'vitest';
import { createBm25Encoder } from '#adapters/bm25/bm25-encoder.ts';
import { LANGUAGES, type Language, languageOf, stemmerFor } from '#adapters/bm25/languages.ts';
import { stopWordsOf } from '#adapters/bm25/stop-words.ts';

const termsIn = (language: Language, text: string) =>
  createBm25Encoder({ stemmer: language }).terms(text);

describe('terms of other languages', () => {
  it.each<[Language, string, string]>([
    ['german', 'Die Häuser sind gewachsen', 'das Haus'],
    ['french', "l'index des vecteurs", 'un vecteur'],
    ['spanish', 'las bibliotecas nacionales', 'la biblioteca nacional'],
    ['italian', "l'indice delle ricette", 'una ricetta'],
    ['portuguese', 'os documentos publicados', 'o documento publicado'],
    ['dutch', 'de bestanden zijn groot', 'een bestand'],
    ['swedish', 'bilarna är snabba', 'bilar'],
    ['danish', 'husene er store', 'hus'],
    ['norwegian', 'husene er store', 'hus'],
    ['finnish', 'taloissa on ovia', 'talo'],
    ['russian', 'Большие книги', 'большая книга'],
    ['romanian', 'cărțile sunt bune', 'cărți'],
    ['turkish', 'kitaplar güzel', 'kitap'],
    ['catalan', "l'índex dels vectors", 'un vector'],
    ['czech', 'velké domy', 'domů'],
    ['hungarian', 'a házak nagyok', 'házak'],
  ])('of %s meet in their stems', (language, passage, question) => {
    const held = new Set(termsIn(language, passage));
    expect(termsIn(language, question).some((term) => held.has(term))).toBe(true);
  });

  it('leave out the stop words of the language, and of no other', () => {
    expect(termsIn('german', 'der die das und ist nicht')).toEqual([]);
    expect(termsIn('german', 'the')).toEqual(['the']);
    expect(termsIn('french', "qu'est-ce que c'est")).toEqual([]);
  });

  it('take an article off the noun that it is written together with', () => {
    expect(termsIn('french', 'l’index d’une base')).toEqual(['index', 'bas']);
    expect(termsIn('italian', "dell'indice")).toEqual(termsIn('italian', 'indice'));
    expect(termsIn('english', "o'brien")).toEqual(["o'brien"]);
  });

  it('keep identifiers whole beside their parts', () => {
    expect(termsIn('german', 'getUser max_tokens')).toContain('max_tok');
    expect(termsIn('french', "l'appel de fs.readFile")).toContain('fs.readfil');
  });

  it('know the two letters i of Turkish', () => {
    expect(termsIn('turkish', 'IŞIK İSTANBUL')).toEqual(termsIn('turkish', 'ışık istanbul'));
  });

  it('are in the spec', () => {
    expect(createBm25Encoder({ stemmer: 'german' }).spec).toMatchObject({ stemmer: 'german' });
    expect(() => createBm25Encoder({ stemmer: 'klingon' as Language })).toThrow(/klingon.*choose/);
    expect(() => languageOf('toString')).toThrow(/no stemmer/);
  });
});

describe('languages', () => {
  it.each(Object.keys(LANGUAGES).map(languageOf))('%s takes any word', (language) => {
    const { terms } = createBm25Encoder({ stemmer: language });
    for (const text of ['слово', 'كلمة', 'வார்த்தை', 'ß', 'x'.repeat(60), 'ŉ', "a'b-c"]) {
      expect(terms(text).length, text).toBeGreaterThan(0);
    }
  });

  it.each(Object.keys(LANGUAGES).map(languageOf))(
    '%s leaves out each of its stop words',
    (language) => {
      const { terms } = createBm25Encoder({ stemmer: language });
      for (const word of stopWordsOf(language)) expect(terms(word), word).toEqual([]);
    },
  );

  it.each([
    ['en', 'english'],
    ['de-AT', 'german'],
    ['pt_BR', 'portuguese'],
    ['nb', 'norwegian'],
    ['nn-NO', 'norwegian'],
    ['ja', null],
    ['', null],
  ])('%j is stemmed as %j', (tag, language) => expect(stemmerFor(tag)).toBe(language));
});

describe('bm25 in French', () => {
  it('gives passages and questions the same terms', () => {
    const { encodeDocument, encodeQuery } = createBm25Encoder({ stemmer: 'french' });
    const text = "L'entraînement d'un modèle, aujourd'hui";
    expect(encodeDocument(text).indices).toEqual(encodeQuery(text).indices);
  });
});
