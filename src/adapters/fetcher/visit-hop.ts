import type { Dispatcher } from 'undici';
import { AppError } from '#domain/errors.ts';
import type { FetchRequest, RawPage } from '#ports/page-fetcher.ts';
import type { Clock } from '#ports/system.ts';
import { createDeadline } from './deadline.ts';
import { type Failure, failure, failureOf } from './failure.ts';
import { ACCEPT_ENCODING, checkCodings, codingsOf, inflate, isGzip } from './inflate.ts';
import type { FetchLimits } from './limits.ts';
import { acceptHeader, essenceOf, isAccepted } from './media-types.ts';
import { readBody } from './read-body.ts';
import { retryAfterMs } from './retry-delay.ts';

export type HopContext = {
  readonly agent: Dispatcher;
  readonly userAgent: string;
  readonly limits: FetchLimits;
  readonly clock: Clock;
};

/** One request and its answer; redirects are told, not followed. */
export type Hop = { readonly url: URL; readonly request: FetchRequest };

export type HopResult =
  | { readonly kind: 'redirect'; readonly status: number; readonly location: string }
  | { readonly kind: 'fetched'; readonly page: RawPage }
  | { readonly kind: 'not_modified' }
  | { readonly kind: 'gone'; readonly status: 404 | 410 }
  | Failure;

type Answer = {
  readonly status: number;
  /** A header's values, joined by commas; empty when it is missing. */
  readonly header: (name: string) => string;
  readonly body: Dispatcher.ResponseData['body'];
};

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const OTHER_RETRYABLE = new Set([408, 425, 429]);
// A small body is read to its end so that its connection can be used again.
const DISCARD_BYTES_MAX = 16_384;

/** Asks once. Rejects only when the caller's signal aborts, with its reason. */
export async function visitHop(
  context: HopContext,
  hop: Hop,
  signal: AbortSignal,
): Promise<HopResult> {
  const { limits, clock } = context;
  const deadline = createDeadline(clock, signal);
  try {
    deadline.arm(limits.headersMs, `no answer within ${limits.headersMs} ms; try again later`);
    const answer = await ask(context, hop, deadline.signal);
    deadline.arm(limits.bodyMs, `the body took over ${limits.bodyMs} ms; try again later`);
    return await judge(context, hop, answer);
  } catch (thrown) {
    signal.throwIfAborted();
    return failureOf(thrown, hop.url.href);
  } finally {
    deadline.disarm();
  }
}

async function ask(context: HopContext, hop: Hop, signal: AbortSignal): Promise<Answer> {
  const { url, request } = hop;
  const { statusCode, headers, body } = await context.agent.request({
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method: 'GET',
    headers: {
      'user-agent': context.userAgent,
      accept: acceptHeader(request.accept),
      'accept-encoding': ACCEPT_ENCODING,
      ...validatorsOf(request),
    },
    signal,
  });
  // Who reads the body hears of its errors; without a listener, closing it early would throw.
  body.on('error', () => undefined);
  const header = (name: string) => [headers[name] ?? []].flat().join(', ');
  return { status: statusCode, header, body };
}

async function judge(context: HopContext, hop: Hop, answer: Answer): Promise<HopResult> {
  const { status, header } = answer;
  // 206 was not asked for: it is a piece of a page.
  if (status >= 200 && status < 300 && status !== 206) {
    return { kind: 'fetched', page: await readPage(context, hop, answer) };
  }
  await discard(answer);
  if (REDIRECTS.has(status) && header('location') !== '') {
    return { kind: 'redirect', status, location: header('location') };
  }
  if (status === 304 && isConditional(hop.request)) return { kind: 'not_modified' };
  if (status === 404 || status === 410) return { kind: 'gone', status };
  return refusal(context, hop, answer);
}

async function readPage({ limits }: HopContext, hop: Hop, answer: Answer): Promise<RawPage> {
  const { header, body, status } = answer;
  try {
    const contentType = header('content-type');
    const { accept } = hop.request;
    if (!isAccepted(accept, contentType)) {
      const essence = essenceOf(contentType);
      throw new AppError('unsupported_type', `it is ${essence}, and no ${accept} comes as that`);
    }
    const codings = codingsOf(header('content-encoding'));
    checkCodings(codings);
    const sent = await readBody(body, header('content-length'), limits.bodyBytesMax);
    const decoded = await inflate(sent, codings, limits);
    // Sitemaps come as .gz files whatever their headers say.
    const zipped = accept === 'sitemap' && isGzip(decoded);
    return {
      stage: 'raw',
      url: hop.url.href,
      status,
      body: plain(zipped ? await inflate(decoded, ['gzip'], limits) : decoded),
      contentType,
      etag: header('etag') || null,
      lastModified: header('last-modified') || null,
      robotsTag: header('x-robots-tag'),
    };
  } catch (thrown) {
    body.destroy();
    throw thrown;
  }
}

/** The same bytes without what a Node buffer adds to them. */
const plain = ({ buffer, byteOffset, byteLength }: Uint8Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);

async function discard({ body }: Answer): Promise<void> {
  // The status is known already; how its body ends changes nothing.
  await body.dump({ limit: DISCARD_BYTES_MAX }).catch(() => undefined);
}

function refusal({ limits, clock }: HopContext, hop: Hop, { status, header }: Answer): Failure {
  const retryable = status >= 500 || OTHER_RETRYABLE.has(status);
  const remedy = retryable
    ? 'try again later'
    : 'take the URL out of the source, or ask for access';
  const asked = status === 429 || status === 503 ? header('retry-after') : '';
  return {
    ...failure('http_status', `${hop.url.href} answered ${status}; ${remedy}`, retryable),
    status,
    retryAfterMs: retryAfterMs(asked, clock, limits.retryAfterMsMax),
  };
}

const isConditional = (request: FetchRequest) => Object.keys(validatorsOf(request)).length > 0;

function validatorsOf({ etag, lastModified }: FetchRequest): Record<string, string> {
  return {
    ...(isSendable(etag) && { 'if-none-match': etag }),
    ...(isSendable(lastModified) && { 'if-modified-since': lastModified }),
  };
}

/** A host may have given a validator that no request can carry; then it is asked without. */
function isSendable(validator: string | null): validator is string {
  return validator !== null && /^[\t\x20-\x7e\x80-\xff]+$/.test(validator);
}
