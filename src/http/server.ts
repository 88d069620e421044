import { createServer, type Server as HttpServer, type ServerResponse } from 'node:http';
import { type AddressInfo, Server as NetServer, type Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { AppError, toAppError } from '#domain/errors.ts';
import type { Log } from '#ports/system.ts';
import { problemOf, STATUS } from './problem.ts';

export type ServerOptions = {
  readonly app: {
    fetch(request: Request, bindings: object): Response | Promise<Response>;
  };
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** How long what is under way may take to end once the server shuts down. */
  readonly drainMs: number;
  /** Begins the shutdown. */
  readonly signal: AbortSignal;
  readonly log: Log;
};

export type RunningServer = {
  /** `http://127.0.0.1:8787`. */
  readonly origin: string;
  /** Begins the shutdown, as the signal does; resolves when the last connection is gone. */
  close(): Promise<void>;
};

const LIMITS = {
  /** For a request's head, and for all of it: who sends slower keeps others out. */
  headersTimeout: 20_000,
  requestTimeout: 60_000,
  /** Longer than the idle time of the proxies in front, which would else use a closed connection. */
  keepAliveTimeout: 75_000,
};
const CONNECTIONS_MAX = 4_096;

/**
 * Serves the app. Rejects with `port_in_use` or `invalid_config`. On shutdown no connection is
 * accepted any more, what is under way ends whole within `drainMs`, and the rest is cut.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { app, host, port, drainMs, signal, log } = options;
  signal.throwIfAborted();
  let draining = false;
  const server = createServer(
    LIMITS,
    getRequestListener(
      (request, bindings) => app.fetch(request, draining ? { ...bindings, draining } : bindings),
      { errorHandler: (thrown) => unreadable(thrown, log) },
    ),
  );
  server.maxConnections = CONNECTIONS_MAX;
  const connections = trackConnections(server);
  await listen(server, host, port);
  server.on('error', (cause) => log.error('server failed', { message: cause.message }));

  const drain = async () => {
    draining = true;
    log.info('server draining', { requests: connections.busy() });
    const closed = stopAccepting(server);
    connections.drain();
    const timer = setTimeout(() => {
      log.warn('server cut what was under way', { requests: connections.busy() });
      connections.cut();
    }, drainMs);
    await closed;
    clearTimeout(timer);
    // Ends the timer that looks for slow requests; the port is closed already.
    server.close(() => undefined);
    log.info('server closed');
  };
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  let isClosing = false;
  const close = () => {
    if (!isClosing) resolve(drain());
    isClosing = true;
    return closed;
  };
  signal.addEventListener('abort', close, { once: true });
  if (signal.aborted) close();
  return { origin: originOf(server), close };
}

function listen(server: HttpServer, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error) => reject(listenError(cause, host, port));
    server.once('error', fail);
    server.listen({ host, port }, () => {
      server.off('error', fail);
      resolve();
    });
  });
}

function listenError(cause: NodeJS.ErrnoException, host: string, port: number): AppError {
  switch (cause.code) {
    case 'EADDRINUSE':
      return new AppError(
        'port_in_use',
        `port ${port} of ${host} is taken; stop what listens there, or set LOCKSTEP_PORT.`,
        { cause, param: 'port' },
      );
    case 'EACCES':
      return new AppError(
        'invalid_config',
        `port ${port} needs more rights than this process has; set LOCKSTEP_PORT to 1024 or more.`,
        { cause, param: 'port' },
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new AppError(
        'invalid_config',
        `this machine has no address ${host} to listen on; set LOCKSTEP_HOST.`,
        { cause, param: 'host' },
      );
    default:
      return toAppError(cause);
  }
}

/**
 * Node's own `close` and `closeIdleConnections` also destroy a connection whose response is written
 * but not yet received, which cuts it; so the port is closed alone.
 */
function stopAccepting(server: HttpServer): Promise<void> {
  return new Promise((resolve) => {
    NetServer.prototype.close.call(server, () => resolve());
  });
}

/** Which connections have requests under way. */
function trackConnections(server: HttpServer) {
  const requests = new Map<Socket, number>();
  let draining = false;
  const count = (socket: Socket, by: number) => {
    const running = (requests.get(socket) ?? 0) + by;
    if (!requests.has(socket)) return;
    requests.set(socket, running);
    if (draining && running === 0) socket.destroySoon();
  };
  server.on('connection', (socket) => {
    requests.set(socket, 0);
    socket.once('close', () => requests.delete(socket));
    if (draining) socket.destroy();
  });
  server.prependListener('request', ({ socket }, response: ServerResponse) => {
    count(socket, 1);
    if (draining) response.setHeader('connection', 'close');
    response.once('close', () => count(socket, -1));
  });
  return {
    busy: () => [...requests.values()].filter((running) => running > 0).length,
    drain: () => {
      draining = true;
      for (const socket of requests.keys()) count(socket, 0);
    },
    cut: () => {
      for (const socket of requests.keys()) socket.destroy();
    },
  };
}

/** A request that cannot be made into one: an impossible Host header or target. */
function unreadable(thrown: unknown, log: Log): Response {
  log.warn('unreadable request', { message: toAppError(thrown).message });
  const error = new AppError('invalid_input', 'the target or the Host header cannot be read.');
  return Response.json(problemOf(error, 'none'), { status: STATUS[error.code] });
}

function originOf(server: HttpServer): string {
  const { address, port } = server.address() as AddressInfo;
  const isEverywhere = address === '0.0.0.0' || address === '::';
  const name = address.includes(':') ? `[${address}]` : address;
  return `http://${isEverywhere ? 'localhost' : name}:${port}`;
}
