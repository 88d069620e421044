import { AppError, type ErrorCode } from '#domain/errors.ts';

/** Runs statements and translates what the driver throws. */
export async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw translate(thrown);
  }
}

/** The first row of a statement that must give one. */
export function one<T>(rows: readonly T[], missing: () => AppError): T {
  const row = rows[0];
  if (row === undefined) throw missing();
  return row;
}

type Meaning = {
  /** An SQLSTATE, the beginning of one, or a code of Node's sockets. */
  readonly codes: RegExp;
  readonly becomes: ErrorCode;
  readonly retryable?: boolean;
  readonly say: (what: string) => string;
};

const away = (what: string) =>
  `Postgres cannot be reached: ${what}. Check DATABASE_URL, or run lockstep doctor.`;

/** Source: PostgreSQL's manual, appendix "Error Codes", and Node's `errno` names. First match. */
const MEANINGS: readonly Meaning[] = [
  {
    codes: /^23505$/,
    becomes: 'already_exists',
    say: (what) => `the registry already holds this: ${what}`,
  },
  {
    codes: /^23503$/,
    becomes: 'not_found',
    say: (what) => `this refers to what the registry does not hold: ${what}`,
  },
  {
    codes: /^22/,
    becomes: 'invalid_input',
    say: (what) => `Postgres cannot store this: ${what}.`,
  },
  {
    codes: /^40/,
    becomes: 'database_unavailable',
    retryable: true,
    say: (what) => `another writer was in the way: ${what}. Try again.`,
  },
  { codes: /^(28|3D)/, becomes: 'database_unavailable', say: away },
  {
    codes: /^(08|53|57|25P03)|^E(?!RR_)[A-Z]+(_[A-Z]+)?$/,
    becomes: 'database_unavailable',
    retryable: true,
    say: away,
  },
];

/** The driver's own complaints of a connection that is gone or does not come bear no code. */
const CONNECTION_LOST = /terminat|timeout|not queryable|end on the pool/i;

export function translate(thrown: unknown): AppError {
  const cause = rootOf(thrown);
  if (cause instanceof AppError) return cause;
  const code = wordOf(cause, 'code');
  const message = cause instanceof Error ? cause.message : String(cause);
  const what = (code.startsWith('23') && wordOf(cause, 'detail')) || message || code;
  const meaning = MEANINGS.find(({ codes }) => codes.test(code));
  if (meaning !== undefined) {
    const { becomes, retryable = false, say } = meaning;
    return new AppError(becomes, say(what), { retryable, cause: thrown });
  }
  if (code === '' && CONNECTION_LOST.test(message)) {
    return new AppError('database_unavailable', away(message), { retryable: true, cause: thrown });
  }
  return new AppError('internal', `the registry failed: ${message}`, { cause: thrown });
}

/** What drizzle wrapped. */
function rootOf(thrown: unknown): unknown {
  if (thrown instanceof AppError || !(thrown instanceof Error)) return thrown;
  return thrown.cause instanceof Error && wordOf(thrown, 'code') === '' ? thrown.cause : thrown;
}

const wordOf = (thrown: unknown, key: 'code' | 'detail'): string =>
  typeof thrown === 'object' && thrown !== null && key in thrown
    ? String((thrown as Record<typeof key, unknown>)[key] ?? '')
    : '';
