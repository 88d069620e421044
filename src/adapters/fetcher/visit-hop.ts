import type { Dispatcher } from 'undici';
import { AppError } from '#domain/errors.ts';
import type { FetchRequest, RawPage } from '#ports/page-fetcher.ts';
import type { Clock } from '#ports/system.ts';
import { binaryKindOf } from './binary-signature.ts';
import { createDeadline } from './deadline.ts';
import { type Answer, type BodyWish, exchange, type Head } from './exchange.ts';
import { type Failure, failure, failureOf } from './failure.ts';
import { ACCEPT_ENCODING, checkCodings, codingsOf, inflate, isGzip } from './inflate.ts';
import type { FetchLimits } from './limits.ts';
import { type Accept, acceptHeader, essenceOf, isAccepted } from './media-types.ts';
import { retryAfterMs } from './retry-delay.ts';
import { locationOf } from './target-url.ts';

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

/** What a visit has cost so far. */
export type Meter = { elapsedMs: number; bytesReceived: number };

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const OTHER_RETRYABLE = new Set([408, 425, 429]);
/** For the rest of a body that nobody wants. */
const UNWANTED_MS = 5_000;

/** Asks once. Rejects only when the caller's signal aborts, with its reason. */
export async function visitHop(
  context: HopContext,
  hop: Hop,
  meter: Meter,
  signal: AbortSignal,
): Promise<HopResult> {
  const { limits, clock } = context;
  const deadline = createDeadline(clock, signal);
  const startMs = clock.monotonicMs();
  try {
    deadline.arm(limits.headersMs, `no answer within ${limits.headersMs} ms; try again later`);
    const answer = await exchange({
      dispatcher: context.agent,
      url: hop.url,
      headers: headersOf(context, hop.request),
      wish: (head) => {
        const wish = wishOf(head, hop.request.accept, limits);
        const bodyMs = wish.kind === 'whole' ? limits.bodyMs : UNWANTED_MS;
        deadline.arm(bodyMs, `the body took over ${bodyMs} ms; try again later`);
        return wish;
      },
      meter,
      signal: deadline.signal,
    }).finally(() => {
      meter.elapsedMs += clock.monotonicMs() - startMs;
      deadline.disarm();
    });
    signal.throwIfAborted();
    return await judge(context, hop, answer);
  } catch (thrown) {
    signal.throwIfAborted();
    return failureOf(thrown, hop.url.href);
  }
}

const headersOf = ({ userAgent }: HopContext, request: FetchRequest) => ({
  'user-agent': userAgent,
  accept: acceptHeader(request.accept),
  'accept-encoding': ACCEPT_ENCODING,
  ...validatorsOf(request),
});

// 206 was not asked for: it is a piece of a page.
const isPage = ({ status }: Head) => status >= 200 && status < 300 && status !== 206;

/** Throws `unsupported_type` when the headers tell that no such body can be used. */
function wishOf(head: Head, accept: Accept, { bodyBytesMax }: FetchLimits): BodyWish {
  if (!isPage(head)) return { kind: 'nothing' };
  const contentType = head.header('content-type');
  if (!isAccepted(accept, contentType)) {
    throw unsupported(`it is ${essenceOf(contentType)}`, accept);
  }
  const codings = codingsOf(head.header('content-encoding'));
  checkCodings(codings);
  const isBare = codings.length === 0 && accept !== 'sitemap';
  return {
    kind: 'whole',
    bytesMax: bodyBytesMax,
    judgeStart: (bytes) => isBare && refuseBinary(bytes, accept),
  };
}

async function judge(context: HopContext, hop: Hop, answer: Answer): Promise<HopResult> {
  const { head } = answer;
  const { status } = head;
  if (isPage(head)) return { kind: 'fetched', page: await pageOf(context, hop, answer) };
  const location = locationOf(head.header('location'));
  if (REDIRECTS.has(status) && location !== '') return { kind: 'redirect', status, location };
  if (status === 304 && isConditional(hop.request)) return { kind: 'not_modified' };
  if (status === 404 || status === 410) return { kind: 'gone', status };
  return refusal(context, hop, head);
}

async function pageOf({ limits }: HopContext, hop: Hop, answer: Answer): Promise<RawPage> {
  const { header, status } = answer.head;
  const { accept } = hop.request;
  const decoded = await inflate(answer.body, codingsOf(header('content-encoding')), limits);
  // Sitemaps come as .gz files whatever their headers say.
  const zipped = accept === 'sitemap' && isGzip(decoded);
  const body = zipped ? await inflate(decoded, ['gzip'], limits) : decoded;
  refuseBinary(body, accept);
  return {
    stage: 'raw',
    url: hop.url.href,
    status,
    body: alone(body),
    contentType: header('content-type'),
    etag: header('etag') || null,
    lastModified: header('last-modified') || null,
    robotsTag: header('x-robots-tag'),
  };
}

function refuseBinary(body: Uint8Array, accept: Accept): void {
  const kind = binaryKindOf(body);
  if (kind !== null) throw unsupported(`its bytes are ${kind}, whatever its headers say`, accept);
}

const unsupported = (what: string, accept: Accept) =>
  new AppError('unsupported_type', `${what}, and no ${accept} comes as that`);

/** The same bytes in memory of their own: what shares a buffer cannot be handed to a thread. */
const alone = (bytes: Uint8Array): Uint8Array =>
  bytes.byteLength === bytes.buffer.byteLength
    ? new Uint8Array(bytes.buffer)
    : Uint8Array.from(bytes);

function refusal({ limits, clock }: HopContext, hop: Hop, { status, header }: Head): Failure {
  const retryable = status >= 500 || OTHER_RETRYABLE.has(status);
  const remedy = retryable
    ? 'try again later'
    : 'take the URL out of the source, or ask for access';
  const asked = isBusy(status) ? header('retry-after') : '';
  return {
    ...failure('http_status', `${hop.url.href} answered ${status}; ${remedy}`, retryable),
    status,
    retryAfterMs: retryAfterMs(asked, clock, limits.retryAfterMsMax),
  };
}

/** Whether a status says that the host is asked too much. */
export const isBusy = (status: number | null): boolean => status === 429 || status === 503;

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
