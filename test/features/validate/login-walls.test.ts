import { describe, expect, it } from 'vitest';
import { PROSE } from '../clean/prose.ts';
import { outcomeOf, postOf } from './post.ts';

const prose = (count: number) => `${PROSE['en']}\n\n`.repeat(count).trim();
const teaser = (PROSE['en'] ?? '').split(' ').slice(0, 50).join(' ');
const check = (markdown: string, outcome: string, rest: Parameters<typeof postOf>[2] = {}) =>
  expect(outcomeOf(postOf('A story', markdown, rest))).toBe(outcome);

describe('a wall', () => {
  it.each([
    'Sign in to continue reading.',
    'Already a member? Log in to read the full story.',
    'Subscribe to continue reading',
    'Create a free account to unlock this article',
    'To continue reading this article, please subscribe.',
    'This post is for paid subscribers',
    "You've reached your limit of free articles this month.",
    'Weiterlesen mit Abo: Jetzt anmelden und weiterlesen',
    'Dieser Artikel ist nur für Abonnenten',
    'Connectez-vous pour lire la suite',
    'La suite est réservée aux abonnés',
    'Il vous reste 85% de cet article à lire',
    'Suscríbete para seguir leyendo',
    'Contenido exclusivo para suscriptores',
    'Faça login para continuar lendo',
    'Accedi per continuare a leggere',
    'Log in om verder te lezen',
    'この記事は会員限定です',
    '登录后查看全文',
  ])('stands where a teaser ends: %s', (said) => check(`${prose(2)}\n\n${said}`, 'login_wall'));

  it('is a page that asks for a password and shows little else', () => {
    check(teaser, 'login_wall', { asksPassword: true });
    check('Members: enter your name and password.', 'login_wall', { asksPassword: true });
  });

  it.each(['Log in', 'Sign In', 'Login required', 'Anmelden', 'Connexion', 'Вход', 'ログイン'])(
    'is a page that is called so: %s',
    (title) => expect(outcomeOf(postOf(title, teaser))).toBe('login_wall'),
  );
});

describe('a post', () => {
  it('is read to its end although it asks to subscribe there', () =>
    check(`${prose(6)}\n\nSubscribe to continue reading my other posts.`, 'accepted'));

  it('may have a form for a password beside it', () =>
    check(prose(1), 'accepted', { asksPassword: true }));

  it.each([
    'Subscribe to my newsletter, or follow me.',
    'Sign in to leave a comment.',
    'Log in to your account, open the settings and choose a key.',
    'Click the button to log in to the server.',
    'To continue, press the key. Reading takes a minute.',
    'Members of the club read this article together.',
    'Abonnieren Sie unseren Newsletter.',
    'Connectez-vous au serveur avec la clé.',
  ])('may speak of logging in: %s', (said) => check(`${prose(1)}\n\n${said}`, 'accepted'));

  it('may be about walls', () =>
    expect(outcomeOf(postOf('Why "Sign in to continue reading" is rude', prose(1)))).toBe(
      'accepted',
    ));
});
