import { describe, expect, it } from 'vitest';
import { PROSE } from '../clean/prose.ts';
import { outcomeOf, postOf } from './post.ts';

const prose = (count: number) => `${PROSE['en']} `.repeat(count).trim();
const check = (title: string, markdown: string, outcome: string) =>
  expect(outcomeOf(postOf(title, markdown))).toBe(outcome);

describe('an error page', () => {
  it.each([
    '404',
    '404 Not Found',
    'Error 404',
    'HTTP 404 - Page not found',
    'Page Not Found (404)',
    '404: This page could not be found',
    'Page not found | Some Blog',
    'Some Blog – 404',
    'Oops! Page not found.',
    "Oops! That page can't be found.",
    'The requested URL was not found',
    '403 Forbidden',
    '500 Internal Server Error',
    '502 Bad Gateway',
    '503 Service Temporarily Unavailable',
    '429 Too Many Requests',
    'Error establishing a database connection',
    'This content is no longer available',
    'Seite nicht gefunden',
    'Fehler 404 – Seite nicht gefunden',
    'Page introuvable',
    'Erreur 404 : page non trouvée',
    'Página no encontrada',
    'Página não encontrada',
    'Pagina non trovata',
    'Pagina niet gevonden',
    'Sidan hittades inte',
    'Nie znaleziono strony',
    'Страница не найдена',
    'ページが見つかりません',
    '页面不存在',
    '페이지를 찾을 수 없습니다',
  ])('is one by its title, whatever it suggests to read: %s', (title) =>
    check(title, prose(2), 'error_page'),
  );

  it('is one by its first heading', () =>
    check('Some Blog', `# 404 – Page not found\n\n${prose(1)}`, 'error_page'));

  it.each([
    ['Just a moment...', 'Checking your browser before accessing blog.example. Ray ID: 123'],
    [
      'Attention Required! | Cloudflare',
      'Please enable cookies. You are unable to access this site.',
    ],
    [
      'Access Denied',
      "You don't have permission to access this page on this server. Reference #18.2",
    ],
    [
      'Access to this page has been denied | Blog | Access denied',
      'Please verify you are a human to go on.',
    ],
    ['Are you a robot?', 'We have detected unusual activity from your network.'],
    ['Error', 'An error has occurred. Please try again later, or contact support.'],
  ])('is one by a title that keeps machines out, and by what it says: %s', (title, text) =>
    check(title, text, 'error_page'),
  );

  it.each([
    'Sorry, the page you are looking for could not be found. It may have been moved.',
    "We couldn't find the page. Here is what you can do: go back, or search for something else.",
    'Die von Ihnen gesuchte Seite konnte nicht gefunden werden. Bitte nutzen Sie die Suche.',
    'La page que vous recherchez n’existe pas ou a été déplacée. Revenez à l’accueil.',
    'La página que buscas no existe. Vuelve al inicio o utiliza el buscador de la web.',
  ])('is one by how its text begins: %s', (text) => check('Some Blog', text, 'error_page'));
});

describe('a post about errors', () => {
  it.each([
    '404',
    '404 Not Found',
    'Page not found',
    'Access denied',
    'Just a moment…',
    'Something went wrong',
  ])('is none when it is long: %s', (title) => check(title, prose(5), 'accepted'));

  it.each([
    'How to design a 404 page',
    'Error 404: how we lost a week of traffic',
    'Page not found? Six ways to fix it',
    'What 503 Service Unavailable means, and what to do',
    '500 days of Summer',
    '404 Media is one year old',
    'Forbidden fruit',
    'Oops, I did it again',
    'Not found in translation',
    'Error handling in Go',
    'Gone with the wind',
    'Just a moment: on waiting',
    'Access denied errors in S3, explained',
    'Seite 404 im Buch',
  ])('is none by its title, even when it is short: %s', (title) =>
    check(title, prose(1), 'accepted'),
  );

  it.each(['Access denied', 'Just a moment…', 'Oops', 'Forbidden', 'Please wait'])(
    'is none by a title that says little: %s',
    (title) => check(title, prose(1), 'accepted'),
  );

  it('is none when it mentions a page that is gone further below', () =>
    check(
      'A story',
      `${prose(1)} ${prose(1)} The page you requested could not be found.`,
      'accepted',
    ));
});
