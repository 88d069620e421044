/** What the words around a number say of it. */
export type Label = 'phone' | 'maybe' | 'other' | 'none';

/** Characters that are looked at, blanks as they are written and one for many. */
const WRITTEN_BEFORE = 160;
const BEFORE = 48;
const AFTER = 24;
/** Characters between a word and the number that it speaks of. */
const LINK_LENGTH_MAX = 24;

const any = (...words: readonly string[]): string => words.join(' ').split(' ').join('|');

const PHONE = any(
  'tele?phones? phones? cell(?:phone|ular)? celular cellulare mobiles? mobil(?:nummer|telefon)?',
  'móvil handy(?:nummer)? fax telefax whatsapp signal sms hotline helpline landline pager',
  'tel(?!\\saviv) tél téléphone telefon[eoiu]? telefoon(?:nummer)? telefonnummer teléfono',
  'telefonnr puhelin telefonszám тел телефон моб мобильный факс τηλ τηλέφωνο κινητό',
);
const UNSPACED_PHONE = any('電話 电话 手机 携帯 전화 휴대폰 연락처 טלפון هاتف جوال โทร फ़ोन फोन');
const MAYBE = any(
  'call(?:s|ed|ing)? dial(?:ed|ing|led|ling)? ring rang text(?:ed|ing)? reach(?:ed)?',
  'contact(?:s|ed|ing)? messages? messaged answer(?:s|ed|ing)? numbers?',
  'appele[rz] joindre numéro anrufen rufen erreichbar erreichen nummer',
  'llam(?:a|e|ar|ame|enos) número chiama(?:re|te|ci)? numero ligue ligar bel(?:len)? ring(?:a|er)',
  'zadzwoń numer звоните номер',
);
/** Where a phone stands: `Desk: `, `Office 467 3395`; not `our office is at`. */
const PLACE = any('desk office home work direct');
const OTHER = any(
  'orders? invoices? isbn issn doi ssn social\\ssecurity ids? serial accounts? acct tracking',
  'versions? patents? cases? ref references? sku parts? licen[cs]es? passport cards? iban bic',
  'swift routing policy tickets? issues? pr commits? builds? pages? ports? pid uid uuid vat ein tax zip',
  'postal models? units? bestell(?:ung|nummer) rechnung konto commande facture compte pedido',
  'factura cuenta ordine fattura',
);

const LABEL = new RegExp(
  `(?<![\\p{L}\\p{N}_])(?:(?<other>${OTHER})(?:[ _-]?(?:numbers?|no|nr|num|id|code)\\b)?` +
    `|(?<phone>${PHONE})(?:[ _-]?(?:numbers?|no|nr|num)\\b)?` +
    `|(?<maybe>${MAYBE})|(?<place>${PLACE}))(?![\\p{L}\\p{N}])` +
    `|(?<unspaced>${UNSPACED_PHONE})`,
  'giu',
);
/** `467 3395 office`, `(mobile)`, at the end of a line or clause. */
const AFTER_LABEL = new RegExp(
  `^[ \\t]?[-(,\\\\/]?[ \\t]?(?:tel|fax|(?:tele)?phone|cell|mobile?|handy|${PLACE})\\b` +
    '(?=[ \\t]*(?:$|[\\n.,;|)/\\\\]))',
  'i',
);
/** Between two numbers of one list. */
const NEXT = /^[ \t]{0,2}(?:[,;/|]|or|and|oder|und|ou|et|o|y|e)[ \t]{0,2}$/i;

/** A number as it is written; `isCount` when thousands are (`12 345 678`). */
type Written = { readonly start: number; readonly end: number; readonly isCount: boolean };

/** Reads the words before and after a number; the word that stands nearest before it decides. */
export function labelOf(text: string, { start, end, isCount }: Written): Label {
  if (AFTER_LABEL.test(text.slice(end, end + AFTER))) return 'phone';
  const written = text.slice(Math.max(0, start - WRITTEN_BEFORE), start);
  if (!/\p{L}/u.test(written)) return 'none';
  const before = written.replace(/\s+/g, narrow).slice(-BEFORE);
  let last: RegExpExecArray | null = null;
  for (const match of before.matchAll(LABEL)) last = match;
  if (last === null) return 'none';
  const link = before.slice(last.index + last[0].length);
  const groups = last.groups ?? {};
  if (!links(link)) return 'none';
  if (groups['other'] !== undefined) return 'other';
  if (groups['place'] !== undefined) return /^:?[ \t]{0,2}$/.test(link) ? 'maybe' : 'none';
  if (groups['maybe'] !== undefined) return leadsOn(link, isCount) ? 'maybe' : 'none';
  return isCount && !isPlain(link) ? 'none' : 'phone';
}

const narrow = (blanks: string): string => (blanks.includes('\n') ? '\n' : ' ');

/** Whether a number is the next of a list whose one before ends at `end`. */
export const isNextOf = (text: string, end: number, start: number): boolean =>
  start - end <= 8 && NEXT.test(text.slice(end, start));

/** Nothing stands between but a few short words: no sentence's end, no other number. */
const links = (link: string): boolean =>
  link.length <= LINK_LENGTH_MAX &&
  !/[!?]|[^.]\.\s|\d|\n.*\n/s.test(link.slice(1)) &&
  link.split(/[\s:]+/).filter((word) => /\p{L}/u.test(word)).length <= 3;

/** `call me at`, `my number is`, `Desk:`, or right before what is no count. */
const leadsOn = (link: string, isCount: boolean): boolean =>
  (!isCount && /^[ \t]{0,2}$/.test(link)) || LEADS_ON.test(link);

const LEADS_ON = /(?::|(?<!\p{L})(?:at|on|to|is|under|unter|au|al|alla|op|på|pod|по)) ?["'(]?$/iu;

/** Only words that lead from a phone to its number, so that `mobile users: 12 345 678` is none. */
const isPlain = (link: string): boolean =>
  link.split(/[\s:.()/"'-]+/).every((word) => PLAIN.has(word.toLowerCase()));

const PLAIN: ReadonlySet<string> = new Set(
  ' number numbers no nr is at on of me us to the my our phone fax mobile and or'.split(' '),
);
