import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#domain/errors.ts';
import { linkAsWritten, MOVED, SLUGS_NEEDED, STUB } from './awkward.ts';
import { type Blog, createBlog, type Post } from './blog.ts';
import { checkLinks } from './check-links.ts';
import { goldenLines } from './golden.ts';
import { plainText } from './parsed-html.ts';
import { readPosts } from './posts.ts';
import { renderPost } from './render-post.ts';
import { siteFiles } from './site-files.ts';
import { MANIFEST } from './site-manifest.ts';

export type BuiltSite = {
  /** Bytes by path within the site's folder: `posts/x/index.html`. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** The golden questions, one JSON object a line. */
  readonly golden: string;
  readonly posts: readonly Post[];
  /** What one reads on each post's page, by site path. */
  readonly plainTexts: ReadonlyMap<string, string>;
};

const STYLE = join(import.meta.dirname, 'static', 'style.css');

/**
 * Builds the sample site from `posts/` and `questions-*.jsonl` of a folder. The same input gives
 * the same bytes. Rejects with `malformed`, naming every fault that it finds of one kind.
 */
export async function buildSite(folder: string): Promise<BuiltSite> {
  const posts = await readPosts(join(folder, 'posts'));
  requirePosts(posts);
  const blog = createBlog(posts);
  const articles = blog.posts.map(renderPost);
  const plainTexts = new Map(
    articles.map(({ post, body }) => [post.path, plainText(body.markup)] as const),
  );
  const golden = goldenLines(await questionFiles(folder), plainTexts);
  const files = siteFiles(blog, articles);
  files.set('style.css', await readFile(STYLE));
  checkSite(blog, files);
  return { files, golden, posts: blog.posts, plainTexts };
}

function requirePosts(posts: readonly Post[]): void {
  const missing = new Set(SLUGS_NEEDED).difference(new Set(posts.map(({ slug }) => slug)));
  if (missing.size === 0) return;
  const names = [...missing].map((slug) => `${slug}.md`).join(', ');
  throw new AppError('malformed', `awkward.ts needs posts that are not there: ${names}`);
}

async function questionFiles(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(folder)).filter((name) => /^questions-.*\.jsonl$/.test(name));
  const files = new Map<string, string>();
  for (const name of names.toSorted()) files.set(name, await readFile(join(folder, name), 'utf8'));
  return files;
}

function checkSite(blog: Blog, files: ReadonlyMap<string, Buffer>): void {
  for (const { to, linkedFrom } of [MOVED, STUB]) {
    const links = blog.posts.filter(
      ({ slug, markdown }) => linkAsWritten(slug, to) !== to && markdown.includes(`](${to})`),
    );
    if (links.length === linkedFrom.length) continue;
    const names = linkedFrom.join(', ');
    throw new AppError('malformed', `awkward.ts: not all of ${names} link to ${to}`);
  }
  const pages = [...files].filter(([file]) => file.endsWith('.html'));
  checkLinks(
    // Legacy charsets differ in letters only; markup and addresses are the same bytes.
    new Map(pages.map(([file, bytes]) => [pathOf(file), bytes.toString('latin1')])),
    {
      files: new Set(files.keys()),
      redirects: new Set(MANIFEST.redirects.map(({ from }) => from)),
    },
  );
}

const pathOf = (file: string): string => `/${file.replace(/(?<=^|\/)index\.html$/, '')}`;
