import { createGithubShelf, type GithubShelfOptions } from '#adapters/github/github-shelf.ts';
import type { FetchRequest } from '#ports/page-fetcher.ts';
import type { PageShelf } from '#ports/page-shelf.ts';
import { createFakeClock } from '../../fakes/clock.ts';
import {
  type FakeFiles,
  type GithubServer,
  type GithubServerOptions,
  startGithubServer,
} from '../../fakes/github-server.ts';

export const PLACE = 'https://github.com/jane/blog';

export type Stocked = {
  readonly server: GithubServer;
  readonly shelf: PageShelf;
  /** Puts files on the `main` branch of `jane/blog`. */
  put(files: FakeFiles): void;
};

export async function stock(
  files: FakeFiles,
  options: Partial<GithubShelfOptions> & GithubServerOptions = {},
): Promise<Stocked> {
  const { token, ...rest } = options;
  const server = await startGithubServer(token == null ? {} : { token });
  const put = (refs: FakeFiles) => server.put('jane/blog', { refs: { main: refs } });
  put(files);
  const shelf = createGithubShelf({
    token: token ?? null,
    userAgent: 'Lockstep/0.1 (+https://lockstep.example)',
    clock: createFakeClock(),
    apiUrl: server.origin,
    ...rest,
    limits: { retriesMax: 0, timeoutMs: 20_000, ...rest.limits },
  });
  return { server, shelf, put };
}

export const asking = (url: string, etag: string | null = null): FetchRequest => ({
  url,
  etag,
  lastModified: null,
  accept: 'page',
  redirects: 'report',
});
