import type { CleanPost } from '../clean/clean.ts';

const any = (...patterns: readonly string[]): string => `(?:${patterns.join('|')})`;

const TITLE = new RegExp(
  `^${any(
    '(?:please )?(?:sign|log) ?-?in(?: to .{1,60}| required)?',
    'login(?: required)?',
    'members? (?:only|login|area)',
    'subscribers? only',
    'anmelden|anmeldung|einloggen',
    '(?:se )?connexion|connectez-vous',
    '(?:iniciar|inicia) sesión|acceso',
    'entrar|fazer login',
    'accedi|accesso',
    'inloggen|logga in|log ind|logg inn|zaloguj się|logowanie|вход|войти|ログイン|登录|登入|로그인',
  )}[.! ]*$`,
  'iu',
);
const POST = '(?:article|post|story|content|page|text)';
const WHOLE = '(?:full|whole|entire|complete|rest)';
/** What those who are let in may do. */
const READ = any(
  '(?:continue|keep|finish) reading',
  `(?:read|unlock|access|view|see) (?:(?:the|this|our) )?(?:${WHOLE}|${POST})\\b`,
);
const LOG_IN = '(?:sign|log) ?-?(?:in|up)(?: or (?:sign up|register|subscribe|create an account))?';
const PAY = any(
  'subscribe',
  'register',
  'become a (?:paid |paying )?(?:member|subscriber)',
  'create an? (?:free )?account',
  'upgrade',
  'start your (?:free )?trial',
);
/** What a page says where its text ends for those who do not pay. */
const WALL = new RegExp(
  any(
    `${LOG_IN} to (?:${READ}|read (?:more|on)\\b)`,
    `${PAY}(?: (?:now|today|for free))? to ${READ}`,
    `to ${READ}(?: this ${POST})?,? (?:please )?(?:subscribe|register|sign|log|create)`,
    `(?:this|the rest of this|the ${WHOLE}) ${POST} is (?:only )?(?:available )?(?:for|to) ` +
      '(?:paid |paying |registered |premium )?(?:subscribers|members|logged)',
    'you(?: have|.ve) (?:reached|read|used) (?:your|all|the) .{0,30}' +
      '(?:free|monthly|member-only) (?:articles?|stories|limit)',
    'weiterlesen mit|(?:anmelden|abonnieren|registrieren) und weiterlesen|um weiterzulesen',
    '(?:dieser|der vollständige) (?:artikel|beitrag|inhalt) ist nur für',
    'connectez-vous pour (?:lire|continuer)|abonnez-vous pour (?:lire|continuer)',
    '(?:la suite|cet article|ce contenu) est (?:réservée?|protégée?).{0,20}abonnés',
    'il vous reste .{0,12}% de cet article',
    '(?:inicia sesión|suscríbete|regístrate) para (?:seguir|continuar|leer)',
    '(?:contenido|artículo|noticia) (?:exclusiv[oa]|solo) para (?:suscriptores|socios)',
    '(?:faça login|assine|cadastre-se) para (?:continuar|ler)',
    '(?:conteúdo|matéria) exclusiv[oa] para assinantes',
    '(?:accedi|abbonati|registrati) per (?:continuare|leggere)',
    '(?:contenuto|articolo) riservato agli abbonati',
    '(?:log in|inloggen|abonneer(?: je)?) om (?:verder|dit artikel|het hele)',
    'logga in för att läsa|log ind for at læse|zaloguj się,? (?:aby|by|żeby) (?:prze)?czytać',
    'войдите,? чтобы (?:читать|продолжить)',
    'この記事は(?:有料)?会員限定|続きを読むには|登录后(?:查看|阅读|继续)|登入後|로그인 후',
  ),
  'iu',
);
/** Where a wall is said to be: after what is given away. */
const END = 1_500;

/** Words below which each sign makes a wall. */
export type LoginWallLimits = {
  readonly passwordWordsMax: number;
  readonly wallWordsMax: number;
};

/** What shows that a page holds back its text for those who log in or pay, or `null`. */
export function wallSignOf(
  post: Pick<CleanPost, 'metadata' | 'markdown' | 'words' | 'asksPassword'>,
  { passwordWordsMax, wallWordsMax }: LoginWallLimits,
): string | null {
  const { metadata, markdown, words, asksPassword } = post;
  if (words <= passwordWordsMax) {
    if (asksPassword) return 'asks for a password';
    if (TITLE.test(metadata.title)) return `is called "${metadata.title}"`;
  }
  if (words > wallWordsMax) return null;
  const said = WALL.exec(markdown.slice(-END))?.[0];
  return said === undefined ? null : `says "${said}"`;
}
