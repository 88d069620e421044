import { readFile, realpath } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { AppError, toAppError } from '#domain/errors.ts';
import {
  acceptsGzip,
  contentTypeOf,
  isText,
  isUnchanged,
  represent,
  rewriteOrigin,
} from './representation.ts';
import { type Located, locate, pathOf } from './site-files.ts';
import { readManifest, type SiteManifest } from './site-manifest.ts';

const FILE_BYTES_MAX = 64 * 1_048_576;
const REQUESTS_MAX = 100_000;

export type StaticSiteOptions = {
  readonly folder: string;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Closes the server when it aborts. */
  readonly signal?: AbortSignal;
};

type ServedRequest = {
  readonly method: string;
  /** As asked for, with its query. */
  readonly path: string;
  readonly status: number;
};

export type StaticSite = {
  /** `http://127.0.0.1:4400`, without a last slash. */
  readonly origin: string;
  /** Ends open connections too. Closing twice is closing once. */
  close(): Promise<void>;
  /** What was answered, oldest first; the newest 100,000. */
  requests(): readonly ServedRequest[];
};

/**
 * Serves a folder of files as a static host does: directory indexes, `/foo` for `foo.html`, strong
 * ETags that are the same at every start, conditional requests, gzip, and the redirects, headers
 * and placeholder origin of the folder's `_site.json` when it has one. Rejects with `not_found`
 * (no such folder), `invalid_config` (`_site.json`), `port_in_use`, `cancelled`.
 */
export async function serveStaticSite(options: StaticSiteOptions): Promise<StaticSite> {
  const { host = '127.0.0.1', port, signal } = options;
  const root = await realpath(options.folder).catch((cause: unknown) => {
    const message = `there is no folder ${options.folder} to serve; name one that exists`;
    throw new AppError('not_found', message, { cause, param: 'folder' });
  });
  const manifest = await readManifest(root);
  const log: ServedRequest[] = [];
  const server = createServer((request, response) => {
    // Before the last byte leaves, so that a client that has its answer finds it in the log.
    response.on('prefinish', () => {
      if (log.length === REQUESTS_MAX) log.shift();
      const { method = '', url = '' } = request;
      log.push({ method, path: url, status: response.statusCode });
    });
    answer({ root, manifest }, request, response).catch((thrown: unknown) => {
      if (response.headersSent) response.destroy();
      else refuse(request, response, { status: 500, text: toAppError(thrown).message });
    });
  });
  await listen(server, host, port);
  const close = once(() => closeServer(server));
  if (signal?.aborted) {
    await close();
    throw new AppError('cancelled', 'the site server was cancelled', { cause: signal.reason });
  }
  signal?.addEventListener('abort', () => void close(), { once: true });
  return { origin: originOf(server, host), close, requests: () => [...log] };
}

type Site = { readonly root: string; readonly manifest: SiteManifest };

async function answer(
  site: Site,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = '', url = '' } = request;
  if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    return refuse(request, response, { status: 405, text: `${method} is not served` });
  }
  // Absolute-form targets are what proxies send; servers must take them (RFC 9112, 3.2.2).
  const target = url.replace(/^https?:\/\/[^/?#]*(?=\/)/i, '');
  const path = pathOf(target);
  const origin = requestOrigin(request);
  if (path === null) return refuse(request, response, { status: 400, text: 'not a path' });
  if (origin === null) return refuse(request, response, { status: 400, text: 'not a Host' });

  const redirect = site.manifest.redirects.find(({ from }) => from === path);
  if (redirect) return moved(request, response, redirect);
  const located = await locate(site.root, path);
  if (located.kind === 'folder') {
    const [pathname = '', ...queries] = target.split('#', 1)[0]?.split('?') ?? [];
    const query = queries.length > 0 ? `?${queries.join('?')}` : '';
    return moved(request, response, { status: 301, to: `${pathname}/${query}` });
  }
  if (located.kind === 'file') {
    return sendFile({ site, origin, path, located, status: 200 }, request, response);
  }
  const page = await locate(site.root, '/404.html');
  if (page.kind !== 'file') {
    return refuse(request, response, { status: 404, text: `there is nothing at ${path}` });
  }
  return sendFile(
    { site, origin, path: '/404.html', located: page, status: 404 },
    request,
    response,
  );
}

/** `http://<Host>` as the client named us; `null` when the header could not be an authority. */
function requestOrigin(request: IncomingMessage): string | null {
  const { localAddress, localPort } = request.socket;
  const host = request.headers.host ?? `${localAddress}:${localPort}`;
  return /^[a-z0-9.:[\]_-]{1,255}$/i.test(host) ? `http://${host}` : null;
}

type FileAnswer = {
  readonly site: Site;
  readonly origin: string;
  readonly path: string;
  readonly located: Extract<Located, { kind: 'file' }>;
  readonly status: 200 | 404;
};

async function sendFile(
  { site, origin, path, located, status }: FileAnswer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (located.bytes > FILE_BYTES_MAX) {
    const text = `${path} holds ${located.bytes} bytes; at most ${FILE_BYTES_MAX} are served`;
    return refuse(request, response, { status: 500, text });
  }
  response.setHeader('content-type', contentTypeOf(located.file));
  for (const { path: of, set } of site.manifest.headers) {
    if (of === path)
      for (const [name, value] of Object.entries(set)) response.setHeader(name, value);
  }
  const textual = isText(String(response.getHeader('content-type')));
  const { origin: placeholder } = site.manifest;
  const stored = await readFile(located.file);
  const content = textual && placeholder ? rewriteOrigin(stored, placeholder, origin) : stored;
  const wanted = textual && acceptsGzip(String(request.headers['accept-encoding'] ?? ''));
  const { body, etag, encoding } = await represent(content, wanted);
  if (textual) response.setHeader('vary', 'Accept-Encoding');
  if (encoding) response.setHeader('content-encoding', encoding);
  if (status === 404) return finish(request, response, { status, body });

  response.setHeader('etag', etag);
  response.setHeader('last-modified', located.mtime.toUTCString());
  response.setHeader('cache-control', 'no-cache');
  const conditions = {
    ifNoneMatch: request.headers['if-none-match'] ?? null,
    ifModifiedSince: request.headers['if-modified-since'] ?? null,
  };
  if (!isUnchanged(conditions, { etag, mtime: located.mtime })) {
    return finish(request, response, { status, body });
  }
  response.removeHeader('content-type');
  response.removeHeader('content-encoding');
  response.writeHead(304).end();
}

function moved(
  request: IncomingMessage,
  response: ServerResponse,
  { status, to }: { readonly status: number; readonly to: string },
): void {
  response.setHeader('location', to);
  refuse(request, response, { status, text: `moved to ${to}` });
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  { status, text }: { readonly status: number; readonly text: string },
): void {
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  finish(request, response, { status, body: Buffer.from(`${text}\n`) });
}

function finish(
  request: IncomingMessage,
  response: ServerResponse,
  { status, body }: { readonly status: number; readonly body: Buffer },
): void {
  response.writeHead(status, { 'content-length': body.length });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EADDRINUSE') return reject(toAppError(cause));
      const message =
        `port ${port} on ${host} is in use; end the program that holds it, ` +
        'or choose another with --port (0 takes a free one)';
      reject(new AppError('port_in_use', message, { cause, param: 'port' }));
    });
    server.listen(port, host, () => resolve());
  });
}

function originOf(server: Server, host: string): string {
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new AppError('internal', `the site server on ${host} has no port`);
  }
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(toAppError(error)) : resolve()));
    server.closeAllConnections();
  });
}

function once<T>(run: () => T): () => T {
  let result: { readonly value: T } | null = null;
  return () => {
    result ??= { value: run() };
    return result.value;
  };
}
