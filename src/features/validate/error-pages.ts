import type { CleanPost } from '../clean/clean.ts';
import { firstHeading } from './passages.ts';

const any = (...patterns: readonly string[]): string => `(?:${patterns.join('|')})`;

const PAGE = '(?:page|file|url|site|content|article|post|document)';
const NOT = "(?:not|can'?t|cannot|isn'?t|wasn'?t)";

const NOT_FOUND = any(
  `(?:(?:the |this |that )?(?:requested )?${PAGE} )?(?:could |was |is )?${NOT}(?: be)? ` +
    '(?:found|available)',
  `(?:the |this |that )?${PAGE} (?:is )?(?:no longer (?:available|exists)|unavailable|missing)`,
  `(?:the |this |that )?${PAGE} does(?: not|n.t) exist`,
  '(?:die )?seite (?:wurde )?nicht (?:gefunden|verfügbar)',
  '(?:cette )?page (?:introuvable|non trouvée|inexistante)',
  '(?:la )?página no (?:encontrada|existe|disponible)',
  '(?:a )?página não (?:encontrada|existe)',
  '(?:la )?pagina (?:non trovata|non esiste|inesistente)',
  'pagina niet gevonden',
  'sidan (?:kunde inte hittas|hittades inte|finns inte)',
  'siden (?:blev |ble )?ikke fundet|siden (?:ble )?ikke funnet',
  'sivua ei löy(?:dy|tynyt)',
  '(?:nie znaleziono strony|strona nie (?:została znaleziona|istnieje))',
  'stránka (?:nenalezena|nebyla nalezena)',
  'sayfa bulunamadı',
  'страница не (?:найдена|существует)',
  'сторінку не знайдено',
  'ページが見つかりません(?:でした)?',
  '(?:页面|頁面)(?:不存在|未找到|找不到)|(?:找不到|未找到)(?:该|此)?(?:页面|頁面|网页)',
  '페이지를 찾을 수 없습니다',
  'الصفحة غير موجودة',
);
const FAILED = any(
  'internal server error',
  'bad (?:gateway|request)',
  'gateway time-?out',
  'service (?:temporarily )?unavailable',
  'too many requests',
  'gone',
  '(?:http )?server error',
  'unauthori[sz]ed',
  'method not allowed',
  'error establishing a database connection',
  'site (?:is )?(?:under|down for|temporarily down for)(?: scheduled)? maintenance',
);
const REFUSED = any(
  '(?:access )?(?:denied|forbidden)',
  'access (?:is )?(?:denied|restricted)',
  'zugriff verweigert',
  'accès (?:refusé|interdit)',
  'acceso denegado',
  'acesso negado',
  'accesso negato',
);
const BLOCKED = any(
  'just a moment',
  'attention required!?(?: \\| cloudflare)?',
  'one (?:more|moment,?) (?:step|please)',
  'please wait',
  'are you (?:a )?(?:human|robot)',
  'verify(?:ing)? (?:that )?you are (?:a )?human',
  '(?:security|bot|browser) (?:check|verification)',
  'checking your browser(?: before accessing.*)?',
  'pardon our interruption',
  'you have been blocked',
  'captcha',
);
const OOPS = any(
  'oops',
  'error',
  'fehler',
  'erreur',
  'ошибка',
  "we'?re sorry",
  'sorry',
  'something went wrong',
  'an error (?:has )?occurred',
);
const STATUS =
  '(?:(?:http|error|status|code|fehler|erreur|error code)[ :-]*)*[45]\\d\\d(?:[ -]error)?';
const JOIN = '[ !?.…,:|–—-]*';

const full = (pattern: string) => new RegExp(`^${JOIN}${pattern}${JOIN}$`, 'iu');
/** Titles that no one gives to a post, but to one that is about them. */
const CLEAR = full(
  any(
    `(?:${OOPS}${JOIN})?${any(STATUS, NOT_FOUND, FAILED)}`,
    `${STATUS}${JOIN}${any(NOT_FOUND, FAILED, REFUSED, 'error')}`,
    `${any(NOT_FOUND, FAILED, REFUSED)}${JOIN}\\(?${STATUS}\\)?`,
  ),
);
/** Titles that a short post may have, too. */
const VAGUE = full(any(REFUSED, BLOCKED, OOPS));

/** What pages say that keep machines out, or that fail. */
const MACHINES = new RegExp(
  any(
    'checking (?:if )?(?:your browser|the site connection)',
    'verify(?:ing)? (?:that )?you are (?:a )?human',
    'enable (?:javascript|cookies)(?: and (?:javascript|cookies))?',
    'ray id',
    '(?:ddos|bot) protection',
    "(?:don'?t|do not) have permission to (?:access|view)",
    'unusual (?:traffic|activity)',
    'reference (?:#|number|id)',
    'try again later',
    'contact (?:the )?(?:site|website) (?:owner|administrator)|contact support',
    'turn(?:ed)? off (?:your )?ad ?blocker',
  ),
  'iu',
);
/** Whom it is about. */
const YOU = any(
  "you(?: are|'re|’re| were)? looking for",
  "you(?: are|'re|’re| were)? trying to (?:reach|view|access)",
  'you(?: have)? requested',
);
const GONE = any(
  'could(?: not|n.t)',
  'can(?:not|.t)',
  'does(?: not|n.t)',
  'is(?: not|n.t)',
  '(?:has been|was|no longer|may have|might have)',
);
/** What the text itself begins with when nothing else is there. */
const SORRY = new RegExp(
  any(
    `${PAGE}s? (?:that )?${YOU} (?:.{0,30} )?${GONE}`,
    '(?:we|i) (?:can.?t|cannot|could not|couldn.t) find (?:the |that |this )?(?:page|article|post)',
    'die (?:von ihnen )?(?:gesuchte|angeforderte|aufgerufene) seite (?:.{0,30} )?nicht',
    'la page (?:que vous (?:recherchez|cherchez)|demandée) .{0,20}(?:n.existe|introuvable|n.a pas)',
    'la página que (?:buscas|estás buscando|busca|solicitó) no',
    'a página que você (?:procura|está procurando) não',
    'la pagina (?:che (?:stai cercando|cerchi)|richiesta) non',
  ),
  'iu',
);
const BEGINNING = 400;

/** Words below which each sign makes an error page. */
export type ErrorPageLimits = {
  readonly clearWordsMax: number;
  readonly vagueWordsMax: number;
};

/** What shows that a page that came with status 200 only tells of an error, or `null`. */
export function errorSignOf(
  { metadata, markdown, words }: Pick<CleanPost, 'metadata' | 'markdown' | 'words'>,
  { clearWordsMax, vagueWordsMax }: ErrorPageLimits,
): string | null {
  if (words > clearWordsMax) return null;
  const titles = [...partsOf(metadata.title), firstHeading(markdown) ?? ''].filter(Boolean);
  const clear = titles.find((title) => CLEAR.test(title));
  if (clear !== undefined) return `is called "${clear}"`;
  if (words > vagueWordsMax) return null;
  const machine = MACHINES.exec(markdown)?.[0];
  const vague = titles.find((title) => VAGUE.test(title));
  if (vague !== undefined && machine !== undefined)
    return `is called "${vague}", and says "${machine}"`;
  const sorry = SORRY.exec(markdown.slice(0, BEGINNING))?.[0];
  return sorry === undefined ? null : `says "${sorry}"`;
}

/** A title, and what stands around the separators in it, of which one may be the site's name. */
const partsOf = (title: string): readonly string[] => [
  title,
  ...title.split(/\s+[|·•»«–—-]\s+|\s*\|\s*/).filter((part) => part !== title),
];
