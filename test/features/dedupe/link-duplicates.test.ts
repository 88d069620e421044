import { describe, expect, it } from 'vitest';
import { linkDuplicates } from '#features/dedupe/link-duplicates.ts';
import { home } from '../crawl/pages.ts';
import { createMemorySite, type MemorySite } from '../crawl/world.ts';

const signal = new AbortController().signal;

/** A text long enough to be told apart from another one, with a word of its own every so often. */
const essay = (own: string): string =>
  Array.from(
    { length: 60 },
    (_, at) =>
      `<p>Paragraph ${at} says in its own ${at === 30 ? own : 'plain'} way what number ${at} stands ` +
      `for, after ${at * 7} tries and ${at * 13} looks at ${'abcdefghij'[at % 10]}${at}.</p>`,
  ).join('');

const page = (title: string, own: string) =>
  `<html lang="en"><title>${title}</title><article><h1>${title}</h1>${essay(own)}</article></html>`;

const other = (title: string) =>
  `<html lang="en"><title>${title}</title><article><h1>${title}</h1>${Array.from(
    { length: 30 },
    (_, at) =>
      `<p>Of ${title}, the ${at}th note: nothing that was said before holds for ${at * 31}.</p>`,
  ).join('')}</article></html>`;

async function links(site: MemorySite): Promise<Readonly<Record<string, string | null>>> {
  const documents = await site.registry.documents.list(null);
  const pathOf = (id: string | null) =>
    documents.filter((document) => document.id === id).map(({ url }) => new URL(url).pathname)[0];
  return Object.fromEntries(
    documents.map(({ url, canonicalId }) => [new URL(url).pathname, pathOf(canonicalId) ?? null]),
  );
}

describe('near-duplicates', () => {
  it('are linked to the one that is kept, which stays when it changes no more', async () => {
    const site = createMemorySite();
    site.put('/', home('/post', '/post-amp', '/reprint', '/different'));
    site.put('/post', page('Of numbers', 'singular'));
    site.put('/post-amp', page('Of numbers, in short', 'remarkable'));
    site.put('/reprint', page('Numbers, once more', 'curious'));
    site.put('/different', other('letters'));
    await site.crawl();
    expect(await linkDuplicates(site, signal)).toEqual({ linked: 2, freed: 0 });
    expect(await links(site)).toEqual({
      '/different': null,
      '/post': null,
      '/post-amp': '/post',
      '/reprint': '/post',
    });
    expect(await linkDuplicates(site, signal)).toEqual({ linked: 0, freed: 0 });
  });

  it('are freed when they come to differ, or when the kept one is closed', async () => {
    const site = createMemorySite();
    site.put('/', home('/post', '/post-amp', '/reprint', '/x', '/y', '/z'));
    site.put('/post', page('Of numbers', 'singular'));
    site.put('/post-amp', page('Of numbers, in short', 'remarkable'));
    site.put('/reprint', page('Numbers, once more', 'curious'));
    for (const path of ['/x', '/y', '/z']) site.put(path, other(`letter ${path}`));
    await site.crawl();
    await linkDuplicates(site, signal);
    site.put('/post-amp', other('words'));
    await site.crawl();
    expect(await linkDuplicates(site, signal)).toEqual({ linked: 0, freed: 1 });
    site.remove('/post');
    await site.crawl();
    expect(await linkDuplicates(site, signal)).toEqual({ linked: 0, freed: 1 });
    expect(await links(site)).toMatchObject({ '/post-amp': null, '/reprint': null });
  });

  it('are found across sources', async () => {
    const site = createMemorySite({ kind: 'list', paths: ['/post'] });
    site.put('/post', page('Of numbers', 'singular'));
    site.put('/mirrored/post', page('Of numbers, mirrored', 'mirrored'));
    await site.crawl();
    await site.other({ name: 'mirror', kind: 'list', paths: ['/mirrored/post'] }).crawl();
    expect(await linkDuplicates(site, signal)).toEqual({ linked: 1, freed: 0 });
  });
});
