import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type StaticSite, serveStaticSite } from '#adapters/static-site/static-site-server.ts';

/** A site of a few posts that a test can edit while it is served. */
export type SmallSite = {
  readonly site: StaticSite;
  /** Stops serving until `resume`, on the same port. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  write(name: string, title: string, paragraphs: readonly string[]): void;
  remove(name: string): void;
  close(): Promise<void>;
};

export type Post = readonly [name: string, title: string, paragraphs: readonly string[]];

/** A paragraph long enough for a post. */
export const filler = (topic: string): string =>
  `${topic} is worth a post of its own because teams meet it every week and rarely write down what ` +
  `they did about it. This paragraph says in plain words how ${topic} came up, who noticed it first, ` +
  'what was tried in vain, and which of the remedies is still in place after a year of daily use.';

/** Two posts of one checkable fact each. */
export const SEABIRDS: readonly Post[] = [
  [
    'tern',
    'The Tern cache',
    [filler('the Tern cache'), 'The Tern cache holds 41 entries for nine minutes.'],
  ],
  [
    'gull',
    'The Gull queue',
    [filler('the Gull queue'), 'The Gull queue drains in 17 seconds on a quiet day.'],
  ],
];

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
  let site = await serveStaticSite({ folder, port: 0 });
  const port = Number(new URL(site.origin).port);
  return {
    get site() {
      return site;
    },
    pause: () => site.close(),
    resume: async () => {
      site = await serveStaticSite({ folder, port });
    },
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
