import { AppError, type ErrorCode } from '#domain/errors.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import { missingCollection } from '#ports/feature-index.ts';

/** Characters of the server's own words that go into an error. */
const WORDS_LENGTH_MAX = 300;

export type FailureContext = {
  /** Scheme, host and port; never the key. */
  readonly server: string;
  readonly apiKey: string | null;
  /** `null` for what concerns the server as a whole. */
  readonly view: Pick<FeatureView, 'id' | 'collection'> | null;
};

export type Failure = {
  readonly error: AppError;
  /** Whether the same request may well succeed in a moment. */
  readonly again: boolean;
  /** The server's wish; it may be cut short by its client, so it is a lower bound. */
  readonly waitMs: number;
};

/** No certificate that this machine trusts, or no TLS at all on the other side. */
const TLS = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|EPROTO/;
const FULL = /no space left|disk is full|insufficient storage/i;
/** An operator keeps writes out for a while; it comes with the status of a wrong key. */
const LOCKED = /^storage locked/i;
const OTHER_VECTORS = /vector dimension error|not existing vector name|wrong vector/i;

/** What the vendor's client throws, as ours, and whether another attempt is worth it. */
export function failureOf(thrown: unknown, context: FailureContext): Failure {
  if (thrown instanceof AppError) return final(thrown);
  const status = statusOf(thrown);
  const words = wordsOf(thrown, context.apiKey);
  const say = (code: ErrorCode, text: string, param?: string) =>
    final(
      new AppError(code, `Qdrant at ${context.server} ${text}`, {
        cause: thrown,
        ...(param === undefined ? {} : { param }),
      }),
    );
  if (status === null) return unanswered(thrown, context, words);
  if (LOCKED.test(words)) return passing(thrown, context, status);
  if (status === 401 || status === 403) {
    const remedy = 'set QDRANT_API_KEY to one that may read and write';
    return say('invalid_config', `refused the API key (${words}); ${remedy}.`, 'QDRANT_API_KEY');
  }
  if (status === 404) {
    const known = context.view !== null && serverError(thrown) !== null;
    if (known) return final(missingCollection(context.view, thrown));
    const remedy = 'is QDRANT_URL the address of a Qdrant?';
    return say('invalid_config', `does not know the path (404): ${words}; ${remedy}`, 'QDRANT_URL');
  }
  if (status >= 500 || status === 408 || status === 429) return passing(thrown, context, status);
  if (context.view !== null && OTHER_VECTORS.test(words)) {
    const { id, collection } = context.view;
    const remedy = 'drop the collection, or build the next view version';
    return say(
      'index_mismatch',
      `: collection ${collection} does not fit ${id}: ${words}; ${remedy}.`,
    );
  }
  return say('upstream_rejected', `refused a request (${status}): ${words}`);
}

const final = (error: AppError): Failure => ({ error, again: false, waitMs: 0 });

function passing(thrown: unknown, { server, apiKey }: FailureContext, status: number): Failure {
  const words = wordsOf(thrown, apiKey);
  const full = status === 507 || FULL.test(words);
  const text = full
    ? `has no room left: ${words}; give it more, or vacuum views.`
    : status === 429
      ? `is asked too often: ${words}`
      : `is not available (${status}): ${words}`;
  const error = new AppError('upstream_unavailable', `Qdrant at ${server} ${text}`, {
    retryable: true,
    cause: thrown,
  });
  const seconds = field(thrown, 'retry_after');
  return { error, again: !full, waitMs: typeof seconds === 'number' ? seconds * 1_000 : 0 };
}

/** No HTTP status: no connection, no answer in time, or an answer that is no JSON. */
function unanswered(thrown: unknown, { server }: FailureContext, words: string): Failure {
  const code = String(field(field(thrown, 'cause'), 'code') ?? '');
  if (TLS.test(code)) {
    const remedy = 'check the scheme of QDRANT_URL, or name its authority in NODE_EXTRA_CA_CERTS';
    const text = `Qdrant at ${server} has no certificate that is trusted here (${code}); ${remedy}.`;
    return final(new AppError('invalid_config', text, { cause: thrown, param: 'QDRANT_URL' }));
  }
  const late = field(thrown, 'name') === 'TimeoutError';
  const why = code === '' ? `gave no proper answer: ${words}` : `cannot be reached: ${code}`;
  const text =
    `Qdrant at ${server} ${late ? 'did not answer in time' : why}. ` +
    'Is it running, and is QDRANT_URL right?';
  const error = new AppError('upstream_unavailable', text, { retryable: true, cause: thrown });
  return { error, again: true, waitMs: 0 };
}

/** The client throws an error of its own for 429, which lacks the status. */
function statusOf(thrown: unknown): number | null {
  if (field(thrown, 'name') === 'QdrantClientResourceExhaustedError') return 429;
  if (/^Invalid retryAfter value/.test(String(field(thrown, 'message')))) return 429;
  const status = field(thrown, 'status');
  return typeof status === 'number' ? status : null;
}

/** Qdrant's own error text; `null` when something else answered. */
function serverError(thrown: unknown): string | null {
  const error = field(field(field(thrown, 'data'), 'status'), 'error');
  return typeof error === 'string' ? error : null;
}

function wordsOf(thrown: unknown, apiKey: string | null): string {
  const plain = field(thrown, 'data');
  const said = serverError(thrown) ?? (typeof plain === 'string' && plain !== '' ? plain : null);
  const text = said ?? (thrown instanceof Error ? thrown.message : String(thrown));
  const safe = apiKey === null || apiKey === '' ? text : text.replaceAll(apiKey, '[key]');
  const line = safe.replace(/\s+/g, ' ').trim();
  return line.length > WORDS_LENGTH_MAX ? `${line.slice(0, WORDS_LENGTH_MAX)}…` : line;
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
