/** Languages whose names of months and days are known. */
const LANGUAGES = 'en de fr es pt it nl pl sv da nb fi cs tr ru uk id'.split(' ');

/** Words of date and reading lines beside names of months and days. */
const OTHERS =
  'a about ago am at aug by days day edited est edt cst cdt mst mdt pst pdt gmt utc bst cet cest ' +
  'et ct pt ist first hour hours hrs in last lesezeit lettura lecture leitura lectura leestijd ' +
  'min mins minute minuten minutes minuti minuto minutos mise jour modified month months ' +
  'of on originally pm post posted pubblicato publicado publicada published publié publiée ' +
  'aktualisiert atualizado actualizado aggiornato veröffentlicht erschienen am um uhr le à às ' +
  'de del la el em den der o read reading revised sept st nd rd th temps the this time tempo ' +
  'tiempo to uhr updated update von vor was week weeks year years yesterday today created h m';

let known: ReadonlySet<string> | null = null;

/** Words that lines with a date and nothing else are made of, in lower case. */
export function dateWords(): ReadonlySet<string> {
  known ??= new Set([...OTHERS.split(' '), ...LANGUAGES.flatMap(namesIn)]);
  return known;
}

const MONTHS = Array.from({ length: 12 }, (_, month) => new Date(Date.UTC(2024, month, 15)));
/** Monday, 1 January, and the days after. */
const DAYS = Array.from({ length: 7 }, (_, day) => new Date(Date.UTC(2024, 0, 1 + day)));

function namesIn(language: string): readonly string[] {
  const lengths = ['long', 'short'] as const;
  return lengths.flatMap((length) => {
    const month = new Intl.DateTimeFormat(language, { month: length, timeZone: 'UTC' });
    const dated = new Intl.DateTimeFormat(language, {
      month: length,
      day: 'numeric',
      timeZone: 'UTC',
    });
    const day = new Intl.DateTimeFormat(language, { weekday: length, timeZone: 'UTC' });
    // Some languages inflect a month's name beside a day.
    const inflected = MONTHS.map(
      (at) => dated.formatToParts(at).find(({ type }) => type === 'month')?.value ?? '',
    );
    return [
      ...MONTHS.map((at) => month.format(at)),
      ...inflected,
      ...DAYS.map((at) => day.format(at)),
    ].map((name) => name.toLowerCase().replace(/\P{L}+/gu, ''));
  });
}
