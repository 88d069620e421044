import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type StaticSite, serveStaticSite } from '#adapters/static-site/static-site-server.ts';

/** A site of a few posts that a test can edit while it is served. */
export type SmallSite = {
  readonly site: StaticSite;
  write(name: string, title: string, paragraphs: readonly string[]): void;
  remove(name: string): void;
  close(): Promise<void>;
};

export type Post = readonly [name: string, title: string, paragraphs: readonly string[]];

const page = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head>` +
  `<body><nav><a href="/">Home</a></nav><main><article><h1>${title}</h1>${body}</article></main>` +
  '<footer>Imprint</footer></body></html>';

export async function serveSmallSite(posts: readonly Post[]): Promise<SmallSite> {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-site-'));
  const names = new Set<string>();
  const writeHome = () =>
    writeFileSync(
      join(folder, 'index.html'),
      page(
        'Home',
        `<ul>${[...names].map((name) => `<li><a href="/${name}">${name}</a></li>`).join('')}</ul>`,
      ),
    );
  const write = (name: string, title: string, paragraphs: readonly string[]) => {
    names.add(name);
    const body = paragraphs.map((text) =>
      text.startsWith('## ') ? `<h2>${text.slice(3)}</h2>` : `<p>${text}</p>`,
    );
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${name}.html`), page(title, body.join('\n')));
    writeHome();
  };
  for (const [name, title, paragraphs] of posts) write(name, title, paragraphs);
  const site = await serveStaticSite({ folder, port: 0 });
  return {
    site,
    write,
    remove: (name) => {
      names.delete(name);
      rmSync(join(folder, `${name}.html`));
      writeHome();
    },
    close: async () => {
      await site.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
