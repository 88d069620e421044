import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sourceOf } from '#cli/source-of.ts';
import { CRAWL_LIMITS, SOURCE_RULES, type SourceKind } from '#domain/source.ts';

const made = (kind: SourceKind, ...urls: string[]) => sourceOf({ kind, urls, at: 'now' });

const refusal = (work: () => unknown) => {
  try {
    work();
  } catch (thrown) {
    return thrown as { code: string; message: string; param: string | null };
  }
  return null;
};

describe('sourceOf', () => {
  it('names a site by its host, with the usual limits and rules', () => {
    expect(made('site', 'HTTPS://Blog.Example:8443/a')).toEqual({
      name: 'blog.example-8443',
      kind: 'site',
      urls: ['https://blog.example:8443/a'],
      limits: CRAWL_LIMITS,
      rules: SOURCE_RULES,
      createdAt: 'now',
    });
  });

  it('takes the name that it is given', () => {
    const { name } = sourceOf({
      kind: 'feed',
      name: 'My Blog!',
      urls: ['https://a.example/'],
      at: '',
    });
    expect(name).toBe('my-blog-');
    const nameless = () =>
      sourceOf({ kind: 'feed', name: '??', urls: ['https://a.example/'], at: '' });
    expect(refusal(nameless)).toMatchObject({ code: 'invalid_input', param: '--name' });
  });

  it.each([
    ['owner/repo', 'https://github.com/owner/repo'],
    ['https://github.com/owner/repo', 'https://github.com/owner/repo'],
    ['https://github.com/owner/repo.git', 'https://github.com/owner/repo'],
    ['https://github.com/owner/repo/', 'https://github.com/owner/repo'],
    [
      'https://github.com/owner/repo/tree/main/docs/',
      'https://github.com/owner/repo/tree/main/docs',
    ],
  ])('knows the repository %s', (text, url) => {
    expect(made('github', text)).toMatchObject({ name: 'owner-repo', urls: [url] });
  });

  it.each([
    'owner',
    'https://github.com/owner',
    'ftp://github.com/a/b',
    'https://me:pw@github.com/a/b',
    '',
  ])('knows no repository %s', (text) => {
    expect(refusal(() => made('github', text))).toMatchObject({
      code: 'invalid_input',
      param: 'url',
    });
  });

  it('knows a folder by its absolute address, from the working folder on', () => {
    const here = pathToFileURL(`${resolve('.')}/`).href;
    expect(made('folder', '.')).toMatchObject({
      name: basename(resolve('.')),
      urls: [here],
    });
    expect(made('folder', './').urls).toEqual([here]);
    expect(made('folder', 'my posts/2026').urls).toEqual([`${here}my%20posts/2026/`]);
    expect(made('folder', '/a/../b')).toMatchObject({ name: 'b', urls: ['file:///b/'] });
    expect(made('folder', 'file:///srv/posts').urls).toEqual(['file:///srv/posts/']);
  });

  it.each(['https://blog.example/', 'file://other-host/share'])('knows no folder %s', (text) => {
    expect(refusal(() => made('folder', text))).toMatchObject({
      code: 'invalid_input',
      param: 'url',
    });
  });

  it('gives one folder one address, however it is written', () => {
    const segment = fc.stringMatching(/^[a-zA-Z0-9 _#?%-]{1,8}$/);
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 4 }), (segments) => {
        fc.pre(
          segments.some((part) => /[a-z0-9]/i.test(part)) &&
            /[a-z0-9]/i.test(segments.at(-1) ?? ''),
        );
        const path = `/${segments.join('/')}`;
        const { urls } = made('folder', path);
        for (const same of [`${path}/`, `${path}/./`, urls[0] ?? '']) {
          expect(made('folder', same).urls).toEqual(urls);
        }
      }),
    );
  });
});
