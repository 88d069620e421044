import type { ErrorCode } from '#domain/errors.ts';

export type Failure = {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
};

const REMEDIES: Readonly<Record<string, string>> = {
  EACCES: 'it may not be read; give the user that runs this the right to',
  EPERM: 'the system does not let it be read; give this program the right to',
  EIO: 'the disk failed to give it; check the disk',
  EMFILE: 'too many files are open; raise the limit of open files',
  ENFILE: 'too many files are open; raise the limit of open files',
};
/** What may be otherwise the next time without anybody doing anything. */
const PASSING: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'EBUSY', 'EAGAIN', 'EINTR']);
const ABSENT: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG']);

/** Code of a system error; empty for any other. */
const systemCodeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';

export const isAbsent = (thrown: unknown): boolean => ABSENT.has(systemCodeOf(thrown));

/** Why a file or folder could not be read. */
export function failureOf(thrown: unknown, path: string): Failure {
  const system = systemCodeOf(thrown);
  if (isAbsent(thrown)) {
    const message = `there is no ${path} (${system}); check its spelling`;
    return { code: 'not_found', message, retryable: false };
  }
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  const remedy = REMEDIES[system] ?? reason;
  const message = `${path}: ${remedy}${system === '' ? '' : ` (${system})`}`;
  return {
    code: system === '' ? 'internal' : 'unreachable',
    message,
    retryable: PASSING.has(system),
  };
}
