import { AppError } from '#domain/errors.ts';

/** SQLSTATE classes and socket errors after which the same statement may well succeed. */
const AWAY = /^(?:08|40|53|57|25P03)|^E(?!RR_)[A-Z]+(?:_[A-Z]+)?$/;
/** What `pg` says without a code when a connection breaks, or none comes free in time. */
const BROKEN = /terminat|timeout|not queryable|call(?:ed|ing) end on/i;

/** Runs statements on the queues and translates what driver and vendor throw. */
export async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw translate(thrown);
  }
}

function translate(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const code = codeOf(thrown);
  if (AWAY.test(code) || (code === '' && BROKEN.test(message))) {
    return new AppError(
      'database_unavailable',
      `Postgres cannot be reached for the job queues: ${message || code}. Check DATABASE_URL, or ` +
        'run lockstep doctor.',
      { retryable: true, cause: thrown },
    );
  }
  return new AppError('internal', `the job queues failed: ${message}`, { cause: thrown });
}

export const isConflict = (thrown: unknown): boolean => codeOf(thrown) === '23505';

const codeOf = (thrown: unknown): string =>
  typeof thrown === 'object' && thrown !== null && 'code' in thrown ? String(thrown.code) : '';
