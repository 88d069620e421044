import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

/** A server that misbehaves in a different way at every path. */
export type HostileSite = {
  readonly origin: string;
  /** Bytes of bodies handed to sockets so far. */
  sentBytes(): number;
  close(): Promise<void>;
};

export const HUGE_BYTES = 200_000_000;
const PIECE = Buffer.alloc(1_000_000, 'word ');
const HTML = { 'content-type': 'text/html' };

export const HOSTILE_PATHS = [
  '/huge',
  '/huge-chunked',
  '/bomb',
  '/loop',
  '/to-private',
  '/pdf',
  '/empty',
  '/broken',
  '/missing',
] as const;

/** A good post at `/post`, links to it and to everything bad at `/`, and the bad pages. */
export function serveHostileSite(): Promise<HostileSite> {
  const bomb = gzipSync(Buffer.alloc(HUGE_BYTES));
  let sent = 0;
  const pour = (response: ServerResponse, left: number = HUGE_BYTES) => {
    if (left === 0) return void response.end();
    sent += PIECE.length;
    // Asked for one piece at a time, so that what is counted was really taken.
    response.write(PIECE, (error) => {
      if (!error) pour(response, left - PIECE.length);
    });
  };
  const answers: Readonly<Record<string, (response: ServerResponse) => void>> = {
    '/': (response) => response.writeHead(200, HTML).end(home()),
    '/post': (response) => response.writeHead(200, HTML).end(goodPost()),
    '/huge': (response) => {
      response.writeHead(200, { ...HTML, 'content-length': HUGE_BYTES });
      pour(response);
    },
    '/huge-chunked': (response) => {
      response.writeHead(200, HTML);
      pour(response);
    },
    '/bomb': (response) => {
      sent += bomb.length;
      response.writeHead(200, { ...HTML, 'content-encoding': 'gzip' }).end(bomb);
    },
    '/loop': (response) => response.writeHead(302, { location: '/loop-back' }).end(),
    '/loop-back': (response) => response.writeHead(302, { location: '/loop' }).end(),
    '/to-private': (response) => response.writeHead(302, { location: 'http://10.1.2.3/' }).end(),
    '/pdf': (response) =>
      response.writeHead(200, { 'content-type': 'application/pdf' }).end('%PDF-1.4'),
    '/empty': (response) =>
      response.writeHead(200, HTML).end('<!doctype html><title>Nothing</title><body></body>'),
    '/broken': (response) => response.writeHead(500).end(),
  };
  return serve(
    ({ url = '/' }, response) => {
      const answer = answers[url];
      if (answer === undefined) response.writeHead(404).end();
      else answer(response);
    },
    () => sent,
  );
}

/** A server that gives one status to every request. */
export const serveStatus = (status: number): Promise<HostileSite> =>
  serve(
    (_, response) => response.writeHead(status).end(),
    () => 0,
  );

async function serve(answer: RequestListener, sentBytes: () => number): Promise<HostileSite> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sentBytes,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const home = (): string =>
  `<!doctype html><title>Home</title><ul>${['/post', ...HOSTILE_PATHS]
    .map((path) => `<li><a href="${path}">${path}</a></li>`)
    .join('')}</ul>`;

const goodPost = (): string =>
  `<!doctype html><html lang="en"><title>The Dunlin log</title><body><article><h1>The Dunlin log</h1>${'<p>The Dunlin log keeps ninety days of entries so that a question about last month can still be answered from it without asking the archive.</p>'.repeat(4)}</article></body></html>`;
