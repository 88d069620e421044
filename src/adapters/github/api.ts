import { AppError } from '#domain/errors.ts';

export type ApiOptions = {
  /** Without a slash at its end. */
  readonly apiUrl: string;
  /** Empty asks as nobody, sixty times an hour. */
  readonly token: string;
  /** Says who asks, as GitHub requires. */
  readonly userAgent: string;
  /** Of one request, from asking to the last byte. */
  readonly timeoutMs: number;
};

export type Api = {
  /** What GitHub says at a path of its API, as JSON; rejects with what stands in the way. */
  json(path: string, signal: AbortSignal): Promise<unknown>;
};

/** Of one answer; GitHub's own limit for a tree is 7 MB. */
const ANSWER_BYTES_MAX = 32_000_000;

export function createApi({ apiUrl, token, userAgent, timeoutMs }: ApiOptions): Api {
  const headers = {
    accept: 'application/vnd.github+json',
    'x-github-api-version': '2022-11-28',
    'user-agent': userAgent,
    ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
  };
  return {
    async json(path, signal) {
      const url = `${apiUrl}${path}`;
      const timeout = AbortSignal.timeout(timeoutMs);
      try {
        const response = await fetch(url, { headers, signal: AbortSignal.any([signal, timeout]) });
        const text = await readText(response, url);
        if (!response.ok) throw refusalOf(response, url, { text, hasToken: token !== '' });
        return JSON.parse(text) as unknown;
      } catch (thrown) {
        if (thrown instanceof AppError) throw thrown;
        throw lostOf(thrown, url, { isCancelled: signal.aborted, isLate: timeout.aborted });
      }
    },
  };
}

async function readText(response: Response, url: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > ANSWER_BYTES_MAX) {
      throw new AppError('too_large', `${url} answers with more than ${ANSWER_BYTES_MAX} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

type Loss = { readonly isCancelled: boolean; readonly isLate: boolean };

/** Why there was no answer at all. */
function lostOf(cause: unknown, url: string, { isCancelled, isLate }: Loss): AppError {
  if (isCancelled) return new AppError('cancelled', `asking ${url} was cancelled`, { cause });
  if (isLate) {
    return new AppError('timeout', `${url} did not answer in time`, { retryable: true, cause });
  }
  if (cause instanceof SyntaxError) {
    return new AppError('malformed', `${url} does not answer as GitHub does; check its address`, {
      cause,
    });
  }
  const reason = cause instanceof Error ? (cause.cause ?? cause) : cause;
  const said = reason instanceof Error ? reason.message : String(reason);
  return new AppError('unreachable', `${url} cannot be reached (${said}); try again`, {
    retryable: true,
    cause,
  });
}

type Refused = Pick<Response, 'status' | 'headers'>;

/** What GitHub's refusal means, with the remedy. */
function refusalOf(
  { status, headers }: Refused,
  url: string,
  { text, hasToken }: { readonly text: string; readonly hasToken: boolean },
): AppError {
  const said = `${url} answers ${status}${saidIn(text)}`;
  const token = hasToken
    ? 'the token of GITHUB_TOKEN has to be allowed to read it'
    : 'if it is private, set GITHUB_TOKEN';
  if (isRateLimited({ status, headers }, text)) {
    const until = resetOf(headers);
    const more = hasToken ? '' : '; with GITHUB_TOKEN set far more requests are allowed';
    const message = `GitHub allows no more requests for now${until}${more} (${said})`;
    return new AppError('rate_limited', message, { retryable: true });
  }
  if (status === 404) {
    const message = `GitHub knows no such repository, branch or file; check its spelling; ${token}`;
    return new AppError('not_found', `${message} (${said})`, { param: 'source' });
  }
  if (status === 409) {
    return new AppError('not_found', `the repository is empty (${said})`, { param: 'source' });
  }
  if (status === 401) {
    const message = `GitHub does not accept the token of GITHUB_TOKEN; make a new one (${said})`;
    return new AppError('unauthorized', message);
  }
  if (status >= 500) {
    const message = `GitHub is in trouble; try again later (${said})`;
    return new AppError('upstream_unavailable', message, { retryable: true });
  }
  return new AppError('upstream_rejected', `GitHub refuses to give it; ${token} (${said})`);
}

/** GitHub says so with either status; of all other 403 neither the headers nor the text speak of it. */
function isRateLimited({ status, headers }: Refused, text: string): boolean {
  if (status === 429) return true;
  const isSpent = headers.get('x-ratelimit-remaining') === '0' || headers.has('retry-after');
  return status === 403 && (isSpent || /rate limit/i.test(text));
}

/** `, until …` or `, for … seconds`, as far as GitHub says. */
function resetOf(headers: Headers): string {
  const afterSeconds = Number(headers.get('retry-after') ?? '');
  if (afterSeconds > 0) return `, for ${afterSeconds} seconds`;
  const resetSeconds = Number(headers.get('x-ratelimit-reset') ?? '');
  const isDate = resetSeconds > 0 && resetSeconds < 8.64e12;
  return isDate ? `, until ${new Date(resetSeconds * 1_000).toISOString()}` : '';
}

const MESSAGE_LENGTH_MAX = 200;

function saidIn(text: string): string {
  try {
    const { message } = JSON.parse(text) as { readonly message?: unknown };
    return typeof message === 'string' ? `: ${message.slice(0, MESSAGE_LENGTH_MAX)}` : '';
  } catch {
    // A refusal need not be JSON; its status is known already.
    return '';
  }
}
