import { AppError } from '#domain/errors.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import { missingCollection } from '#ports/feature-index.ts';

/** SQLSTATE classes and socket errors after which the same statement may well succeed. */
const AWAY = /^(?:08|40|53|57)/;
const SOCKET = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND']);
/** What `pg` says without a code when a connection breaks, or none comes free in time. */
const BROKEN = /connection terminated|timeout|not queryable|after calling end/i;
/** No such table, no such schema. */
const NO_COLLECTION = new Set(['42P01', '3F000']);
const NO_EXTENSION = new Set(['58P01', '0A000', '42704']);
const NOT_STORABLE = new Set(['22021', '22P05', '22P02', '22003']);

/** Runs statements for a view and translates what the driver throws. */
export async function translatedFor<T>(
  view: FeatureView | null,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw translate(view, thrown);
  }
}

function translate(view: FeatureView | null, thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const code = codeOf(thrown);
  const of = view === null ? 'every view' : view.id;
  const failed = (kind: 'index_mismatch' | 'invalid_input' | 'internal', text: string) =>
    new AppError(kind, text, { cause: thrown });
  if (view !== null && NO_COLLECTION.has(code)) return missingCollection(view, thrown);
  if (NO_EXTENSION.has(code)) {
    return failed(
      'index_mismatch',
      `the database has no pgvector (${message}); install the extension "vector", 0.8 or newer, or set ` +
        'QDRANT_URL.',
    );
  }
  if (NOT_STORABLE.has(code)) {
    return failed('invalid_input', `${of}: Postgres cannot store or compare this: ${message}.`);
  }
  if (AWAY.test(code) || SOCKET.has(code) || BROKEN.test(message)) {
    return new AppError('upstream_unavailable', `the index cannot be reached: ${message || code}`, {
      retryable: true,
      cause: thrown,
    });
  }
  return failed('internal', `the index of ${of} failed: ${message}`);
}

const codeOf = (thrown: unknown): string =>
  typeof thrown === 'object' && thrown !== null && 'code' in thrown ? String(thrown.code) : '';

/** The work's outcome, or the signal's reason as soon as it is aborted. */
export async function untilAborted<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work(), aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
