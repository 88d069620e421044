import { describe, expect, it } from 'vitest';
import { detectLanguage, isSameLanguage, languageOf } from '#features/clean/language.ts';
import { PROSE } from './prose.ts';

const detected = async (text: string) => (await detectLanguage(text))?.language ?? null;
const prose = (language: string) => PROSE[language] ?? '';

describe('a text', () => {
  it.each(Object.keys(PROSE))('is known to be in %s', async (language) =>
    expect(await detectLanguage(prose(language))).toEqual({ language, confidence: 1 }),
  );

  it('is known by its prose, whatever code and links are in it', async () => {
    const code = `\`\`\`js\n${'const the = function that() { return which; }\n'.repeat(40)}\`\`\`\n`;
    const links = '[x](https://blog.example/the/quick/brown/fox-that-was-there) '.repeat(20);
    expect(await detected(`${code}\n${prose('de')}\n\n${links}\n\n${code}`)).toBe('de');
  });

  it('is known by all of it, not by its beginning', async () => {
    const preface = `> ${prose('en')}`;
    expect(await detected(`${preface}\n\n${`${prose('fr')}\n\n`.repeat(12)}`)).toBe('fr');
  });

  it.each([
    ['too short', 'Guten Tag'],
    ['empty', ''],
    ['only code', '```\nthe quick brown fox jumps over the lazy dog and runs away from it\n```'],
    ['only numbers', '1 2 3 4 5 6 7 8 9 10 '.repeat(50)],
    [
      'no language',
      'Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor',
    ],
  ])('is not known when it is %s', async (_name, text) => expect(await detected(text)).toBeNull());

  it('is not known when it is in several languages', async () => {
    const mixed = ['en', 'de', 'fr', 'pl']
      .map((language) => prose(language).repeat(4))
      .join('\n\n');
    expect(await detected(mixed)).toBeNull();
  });

  it('of ten megabytes is known by samples', async () =>
    expect(await detected(`${prose('it')}\n\n`.repeat(30_000))).toBe('it'));

  it.each([
    ['one line', 'a '.repeat(2_000_000)],
    ['backticks', '`'.repeat(1_000_000)],
    ['brackets', ']('.repeat(1_000_000)],
    ['tags', '<a'.repeat(1_000_000)],
  ])('that is made to cost time is read: %s', async (_name, text) =>
    expect(await detected(`${text}\n`)).toBeNull(),
  );
});

describe('the language of a post', () => {
  const sure = (language: string) => ({ language, confidence: 1 });

  it('is what its page says, unless its text shows another one', () => {
    expect(languageOf('de', sure('de'))).toBe('de');
    expect(languageOf('en', sure('de'))).toBe('de');
    expect(languageOf(null, sure('fr'))).toBe('fr');
  });

  it('is what its page says when its text does not show it', () => {
    expect(languageOf('en', null)).toBe('en');
    expect(languageOf(null, null)).toBeNull();
  });

  it('is what its page says when that is taken for a relative', () => {
    expect(languageOf('nb', sure('no'))).toBe('nb');
    expect(languageOf('id', sure('ms'))).toBe('id');
    expect(languageOf('bs', sure('hr'))).toBe('bs');
    expect(languageOf('kk', sure('be'))).toBe('kk');
    expect(languageOf('gl', sure('es'))).toBe('gl');
  });

  it('is the same in both directions', () => {
    expect(isSameLanguage('no', 'nn')).toBe(true);
    expect(isSameLanguage('nn', 'no')).toBe(true);
    expect(isSameLanguage('en', 'de')).toBe(false);
    expect(isSameLanguage('constructor', 'toString')).toBe(false);
  });
});
