import { AppError } from '#domain/errors.ts';
import { DEAD_LINK } from './awkward.ts';
import { ORIGIN } from './blog.ts';
import { fileOf } from './page.ts';
import { pageLinks } from './parsed-html.ts';

/**
 * Holds the pages (HTML by site path) against the files and redirects (site paths) of the site.
 * Throws `malformed`, naming each link that leads nowhere and each fragment that is not there. The
 * declared dead link must be there, on its page, and nowhere else.
 */
export function checkLinks(
  pages: ReadonlyMap<string, string>,
  {
    files,
    redirects,
  }: { readonly files: ReadonlySet<string>; readonly redirects: ReadonlySet<string> },
): void {
  const parsed = new Map(
    [...pages].map(([path, html]) => [path, pageLinks(html, `${ORIGIN}${path}`)] as const),
  );
  const faults: string[] = [];
  for (const [path, { targets }] of parsed) {
    for (const target of targets) {
      const { origin, pathname, hash } = new URL(target);
      if (origin !== ORIGIN || isDeclaredDead(path, pathname) || redirects.has(pathname)) continue;
      const missing = !files.has(fileOf(pathname));
      const ids = parsed.get(pathname)?.ids;
      if (missing) faults.push(`${path} links to ${pathname}, which does not exist`);
      else if (hash !== '' && !ids?.has(hash.slice(1))) {
        faults.push(`${path} links to ${pathname}${hash}, and there is no such place on that page`);
      }
    }
  }
  const dead = parsed.get(`/posts/${DEAD_LINK.linkedFrom}/`)?.targets ?? [];
  if (!dead.includes(`${ORIGIN}${DEAD_LINK.path}`)) {
    faults.push(`the declared dead link ${DEAD_LINK.path} is not in ${DEAD_LINK.linkedFrom}.md`);
  }
  if (faults.length > 0) throw new AppError('malformed', faults.join('\n'));
}

const isDeclaredDead = (path: string, pathname: string): boolean =>
  path === `/posts/${DEAD_LINK.linkedFrom}/` && pathname === DEAD_LINK.path;
