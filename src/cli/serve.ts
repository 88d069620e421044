import type { Command } from 'commander';
import { HTTP_LIMITS } from '#http/deps.ts';
import { assertBindable } from '#http/loopback.ts';
import { checkServing } from '#inference/check-serving.ts';
import { embedTexts } from '#inference/embed-texts.ts';
import { withExamples } from './examples.ts';
import type { Cli, Lockstep } from './lockstep.ts';
import { wholeNumber } from './parse.ts';
import { withSession } from './session.ts';

export type ServeOptions = { readonly host?: string; readonly port?: number };

/** Running streams get this long to end after a signal. */
const DRAIN_MS = 30_000;

export function addServeCommand(program: Command, cli: Cli): void {
  const serve = program
    .command('serve')
    .description('serve the channels over the OpenAI-compatible HTTP API until a signal')
    .option('--host <host>', 'address to listen on; beyond loopback needs an API key')
    .option('--port <n>', 'port; 0 takes a free one', wholeNumber(0, 65_535));
  withExamples(serve, ['serve', 'serve --port 8080', 'serve --host 0.0.0.0']).action(
    (options: ServeOptions, command) =>
      withSession(cli, command, async ({ lockstep, out, signal }) => {
        const server = await serveHttp(lockstep, options, signal);
        out.line(`serving on ${server.origin}`);
        out.result({ origin: server.origin });
        await server.ended;
      }),
  );
}

export type Serving = {
  readonly origin: string;
  /** Resolves when the signal has aborted and the last stream has ended. */
  readonly ended: Promise<void>;
};

/**
 * Rejects with what would keep `serveHttp` from listening: `port_in_use`, or `invalid_config` for a
 * host that is not ours, or that lets others in without a key. Leaves the port free.
 */
export async function requireListenable(
  { registry, settings, log }: Lockstep,
  options: ServeOptions,
  signal: AbortSignal,
): Promise<void> {
  const { host = settings.host, port = settings.port } = options;
  assertBindable(host, await hasKey(registry));
  const { startServer } = await import('#http/server.ts');
  const app = { fetch: () => new Response(null, { status: 503 }) };
  const server = await startServer({ app, host, port, drainMs: 0, signal, log });
  await server.close();
}

const hasKey = async ({ keys }: Lockstep['registry']): Promise<boolean> =>
  (await keys.list()).some(({ revokedAt }) => revokedAt === null);

/**
 * Checks that every channel can be served (embedding space, prompt, model), then listens until the
 * signal aborts and the running streams have ended.
 */
export async function serveHttp(
  lockstep: Lockstep,
  options: ServeOptions,
  signal: AbortSignal,
): Promise<Serving> {
  const { registry, answerer, clock, ids, log, settings } = lockstep;
  const { host = settings.host, port = settings.port } = options;
  const serving = { ...lockstep, ...registry };
  const requireKey = await hasKey(registry);
  assertBindable(host, requireKey);
  await checkServing(serving, signal);
  // Only serving needs the HTTP side, and it takes a while to load.
  const [{ createApp }, { startServer }] = await Promise.all([
    import('#http/app.ts'),
    import('#http/server.ts'),
  ]);
  const app = createApp({
    answerer,
    registry,
    embedTexts: (request, requestSignal) => embedTexts(serving, request, requestSignal),
    ready: async (requestSignal) => void (await checkServing(serving, requestSignal)),
    clock,
    ids,
    log,
    version: settings.version,
    requireKey,
    limits: HTTP_LIMITS,
  });
  const server = await startServer({ app, host, port, drainMs: DRAIN_MS, signal, log });
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => resolve(server.close()), { once: true });
  return { origin: server.origin, ended };
}
