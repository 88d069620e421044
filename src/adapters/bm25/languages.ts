import { AppError } from '#domain/errors.ts';

/** Languages with a Snowball stemmer, as `SparseSpec.stemmer` names them, by their ISO 639-1 codes. */
export const LANGUAGES = {
  arabic: 'ar',
  armenian: 'hy',
  basque: 'eu',
  catalan: 'ca',
  czech: 'cs',
  danish: 'da',
  dutch: 'nl',
  english: 'en',
  finnish: 'fi',
  french: 'fr',
  german: 'de',
  hungarian: 'hu',
  irish: 'ga',
  italian: 'it',
  norwegian: 'no',
  portuguese: 'pt',
  romanian: 'ro',
  russian: 'ru',
  slovene: 'sl',
  spanish: 'es',
  swedish: 'sv',
  tamil: 'ta',
  turkish: 'tr',
} as const;

export type Language = keyof typeof LANGUAGES;

/** Throws `invalid_input` on a language that has no stemmer. */
export function languageOf(name: string): Language {
  if (Object.hasOwn(LANGUAGES, name)) return name as Language;
  throw new AppError(
    'invalid_input',
    `"${name}" has no stemmer; choose one of ${Object.keys(LANGUAGES).join(', ')}.`,
    { param: 'stemmer' },
  );
}

/** The stemmer for a language tag (`de`, `pt-BR`); `null` when there is none. */
export function stemmerFor(tag: string): Language | null {
  const [code = ''] = tag.toLowerCase().split(/[-_]/);
  // Norwegian goes by three codes.
  const wanted = code === 'nb' || code === 'nn' ? 'no' : code;
  const found = Object.entries(LANGUAGES).find(([, known]) => known === wanted);
  return found === undefined ? null : languageOf(found[0]);
}
