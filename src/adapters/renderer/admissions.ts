import type { Socket } from 'node:net';
import type { RenderLimits } from './limits.ts';

/** What one page may do through the proxy, from its opening to its closing. */
export type Admission = {
  readonly username: string;
  readonly password: string;
  /** Aborts when the page is closed or has loaded too much. */
  readonly signal: AbortSignal;
  /** Bytes that came for it. */
  received(): number;
  /** Whether it was cut off for loading more than it may. */
  isExhausted(): boolean;
  /** Counts bytes; past the cap all of the page's connections are closed. */
  add(bytes: number): void;
  /** Ties a connection to the page; `false` when it has too many already. */
  tie(...sockets: readonly Socket[]): boolean;
  revoke(): void;
};

export type Admissions = {
  admit(): Admission;
  /** The page that a Proxy-Authorization header belongs to. */
  of(authorization: string | undefined): Admission | null;
};

export type AdmissionsOptions = {
  readonly limits: Pick<RenderLimits, 'loadedBytesMax' | 'connectionsMax'>;
  /** A new secret that nobody can guess. */
  readonly nextSecret: () => string;
};

const USERNAME = 'page';

/** A secret for each page, so that nobody else uses the proxy and each page has its own bounds. */
export function createAdmissions({ limits, nextSecret }: AdmissionsOptions): Admissions {
  const known = new Map<string, Admission>();
  return {
    admit() {
      const password = nextSecret();
      const authorization = basic(USERNAME, password);
      const admission = createAdmission(password, limits, () => known.delete(authorization));
      known.set(authorization, admission);
      return admission;
    },
    of: (authorization) => known.get(authorization ?? '') ?? null,
  };
}

const basic = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

function createAdmission(
  password: string,
  { loadedBytesMax, connectionsMax }: AdmissionsOptions['limits'],
  forget: () => void,
): Admission {
  const ending = new AbortController();
  const sockets = new Set<Socket>();
  let received = 0;
  const end = () => {
    ending.abort();
    for (const socket of sockets) socket.destroy();
  };
  return {
    username: USERNAME,
    password,
    signal: ending.signal,
    received: () => received,
    isExhausted: () => received > loadedBytesMax,
    add(bytes) {
      received += bytes;
      if (received > loadedBytesMax) end();
    },
    tie(...tied) {
      // Each connection has two ends.
      if (ending.signal.aborted || sockets.size >= connectionsMax * 2) return false;
      for (const socket of tied) {
        sockets.add(socket);
        socket.once('close', () => sockets.delete(socket));
      }
      return true;
    },
    revoke() {
      forget();
      end();
    },
  };
}
