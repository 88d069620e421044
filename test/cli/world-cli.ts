import type { Cli, Lockstep } from '#cli/lockstep.ts';
import { runCommand } from '#cli/program.ts';
import type { World } from '../features/crawl/world.ts';
import { createFakeCli, errorOf } from './fake-cli.ts';

/** The command line on a feature pipeline over a real registry and a site in a map. */
export function createWorldCli(world: World) {
  const { deps } = world;
  const lockstep = {
    ...deps,
    loopbackFetcher: deps.fetcher,
    settings: {
      sampleFolder: 'sample',
      viewName: 'posts',
      chunker: { tokensMax: 100 },
      userAgent: 'lockstep',
    },
    close: async () => undefined,
  } as unknown as Lockstep;
  const run = async (argv: readonly string[], abort?: AbortSignal) => {
    const { cli, printed, written } = createFakeCli({ folders: ['/srv/posts'] });
    const own: Cli = { ...cli, open: async () => lockstep, signal: abort ?? cli.signal };
    const exit = await runCommand(own, argv, '1.2.3');
    return { exit, ...printed, written };
  };
  return {
    run: (...argv: string[]) => run(argv),
    runUntil: (abort: AbortSignal, ...argv: string[]) => run(argv, abort),
    /** The document that a command prints, which must end with 0. */
    json: async <T>(...argv: string[]): Promise<T> => {
      const { exit, out, err } = await run([...argv, '--json']);
      if (exit !== 0) throw new Error(`${argv.join(' ')} ended with ${exit}: ${err}`);
      return JSON.parse(out) as T;
    },
    /** The error of a command that must fail. */
    refused: async (...argv: string[]) => {
      const { exit, err } = await run([...argv, '--json']);
      return { exit, ...errorOf({ err }) };
    },
  };
}

export type WorldCli = ReturnType<typeof createWorldCli>;
