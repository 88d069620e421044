import type { Cli, Lockstep } from '#cli/lockstep.ts';
import { runCommand } from '#cli/program.ts';
import type { Document } from '#domain/document.ts';
import { AppError } from '#domain/errors.ts';
import type { Source } from '#domain/source.ts';
import type { Registry } from '#ports/registry.ts';
import { createFakeClock } from '../fakes/clock.ts';
import { createFakeIds } from '../fakes/ids.ts';
import { createChannelsInMemory, createPairingsInMemory } from '../fakes/release-registry.ts';

export type FakeCliOptions = {
  readonly sources?: readonly Source[];
  readonly documents?: readonly Pick<Document, 'id' | 'sourceName' | 'status'>[];
  /** Ports that other programs hold. */
  readonly portsTaken?: readonly number[];
  /** Folders that are there. */
  readonly folders?: readonly string[];
  /** In place of the registries in memory. */
  readonly registry?: Partial<Registry>;
  /** Rejects instead of opening. */
  readonly openError?: unknown;
};

/** A command line on registries in memory, which says what was opened, served and printed. */
export function createFakeCli(options: FakeCliOptions = {}) {
  const sources = [...(options.sources ?? [])];
  const documents = (options.documents ?? []).map((document) => ({ ...document }));
  const channels = createChannelsInMemory();
  const pairings = createPairingsInMemory();
  const printed = { out: '', err: '' };
  const opened: (string | null)[] = [];
  const served: number[] = [];
  const written = new Map<string, string>();
  let closed = 0;
  const registry = {
    channels,
    pairings,
    sources: {
      add: async (source: Source) => {
        sources.push(source);
        return source;
      },
      get: async (name: string) => {
        const source = sources.find((known) => known.name === name);
        if (source === undefined) throw new AppError('not_found', `there is no source ${name}`);
        return source;
      },
      list: async () => sources,
    },
    documents: {
      list: async (name: string | null) =>
        documents.filter(({ sourceName }) => name === null || sourceName === name),
      close: async (id: string) => {
        for (const document of documents) if (document.id === id) document.status = 'closed';
      },
    },
    views: { list: async () => [] },
    ...options.registry,
  };
  const settings = { sampleFolder: 'sample', viewName: 'posts' };
  // Only what the commands under test touch is there; the rest is undefined and would throw.
  const lockstep = {
    registry,
    settings,
    clock: createFakeClock(),
    ids: createFakeIds(),
    close: async () => {
      closed += 1;
    },
  } as unknown as Lockstep;
  const cli: Cli = {
    open: async (dataFolder) => {
      if (options.openError !== undefined) throw options.openError;
      opened.push(dataFolder);
      return lockstep;
    },
    describeDatabase: async () => ({ kind: 'embedded', place: '/data', running: null }),
    lockFolder: async () => ({ release: () => undefined }),
    serveSite: async (_, port) => {
      if (options.portsTaken?.includes(port)) throw new AppError('port_in_use', `port ${port}`);
      served.push(port);
      const origin = `http://127.0.0.1:${port === 0 ? 40_000 : port}`;
      return { origin, close: async () => undefined };
    },
    terminal: false,
    account: 'tester',
    signal: new AbortController().signal,
    out: (text) => {
      printed.out += text;
    },
    error: (text) => {
      printed.err += text;
    },
    readText: async (path) => {
      throw new Error(`ENOENT: ${path}`);
    },
    readFolder: async (path) => {
      if (!options.folders?.includes(path)) throw new Error(`ENOENT: ${path}`);
      return [];
    },
    requireWritable: async (path, param) => refuseUnwritable(path, param),
    writeText: async (path, text, param) => {
      refuseUnwritable(path, param);
      written.set(path, text);
    },
  };
  const run = (...argv: string[]) => runCommand(cli, argv, '1.2.3');
  return { cli, lockstep, run, printed, opened, served, written, sources, closed: () => closed };
}

/** Files below `/nowhere` cannot be written. */
function refuseUnwritable(path: string, param: string): void {
  if (path.startsWith('/nowhere/')) {
    throw new AppError('folder_unwritable', `there is no folder for ${path}`, { param });
  }
}

/** The one JSON line of an error. */
export const errorOf = ({ err }: { readonly err: string }) => {
  const { error } = JSON.parse(err) as {
    error: { code: string; message: string; param: string | null; retryable: boolean };
  };
  return error;
};
