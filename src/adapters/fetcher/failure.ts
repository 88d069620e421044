import { errors } from 'undici';
import { AppError, type ErrorCode } from '#domain/errors.ts';

/** Why a hop gave no page. */
export type Failure = {
  readonly kind: 'failed';
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly status: number | null;
  /** What the host asked us to wait, already capped. */
  readonly retryAfterMs: number | null;
};

type Verdict = Pick<Failure, 'code' | 'retryable'> & { readonly remedy: string };

const NOT_HTTP: Verdict = {
  code: 'malformed',
  retryable: false,
  remedy: 'what answers there does not speak proper HTTP',
};

const VERDICTS: Readonly<Record<string, Verdict>> = {
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: NOT_HTTP,
  UND_ERR_CONNECT_TIMEOUT: {
    code: 'timeout',
    retryable: true,
    remedy: 'no connection in time; check that the host is up',
  },
  UND_ERR_HEADERS_OVERFLOW: {
    code: 'too_large',
    retryable: false,
    remedy: 'its headers are larger than a page has any use for',
  },
  UND_ERR_INVALID_ARG: {
    code: 'invalid_input',
    retryable: false,
    remedy: 'the request cannot be written; check the URL and the user agent',
  },
  ENOTFOUND: {
    code: 'unreachable',
    retryable: false,
    remedy: 'no such host; check the spelling of its name',
  },
};

const BAD_CERTIFICATE: Verdict = {
  code: 'unreachable',
  retryable: false,
  remedy: 'its TLS certificate is not valid; its operator has to renew it',
};
const LOST: Verdict = {
  code: 'unreachable',
  retryable: true,
  remedy: 'the connection failed; try again when the host is up',
};

const CERTIFICATE_CODES =
  /^CERT_|^ERR_TLS_|^ERR_SSL_|SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)|_SIGNATURE/;

/** A thrown value as the failure of a visit to `url`; our own errors keep their code. */
export function failureOf(thrown: unknown, url: string): Failure {
  const chain = causesOf(thrown);
  const ours = chain.find((cause) => cause instanceof AppError);
  if (ours) return failure(ours.code, `${url}: ${ours.message}`, ours.retryable);
  const vendorCode = chain.map(codeOf).find((code) => code !== null) ?? null;
  if (vendorCode === null) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return failure('internal', `${url}: unexpected failure (${reason})`, false);
  }
  const { code, retryable, remedy } = verdictOn(vendorCode);
  return failure(code, `${url}: ${remedy} (${vendorCode})`, retryable);
}

export function failure(code: ErrorCode, message: string, retryable: boolean): Failure {
  return { kind: 'failed', code, message, retryable, status: null, retryAfterMs: null };
}

function verdictOn(code: string): Verdict {
  if (code.startsWith('HPE')) return NOT_HTTP;
  if (CERTIFICATE_CODES.test(code)) return BAD_CERTIFICATE;
  return VERDICTS[code] ?? LOST;
}

const CAUSES_MAX = 8;

function causesOf(thrown: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let cause = thrown; cause !== undefined && chain.length < CAUSES_MAX; ) {
    chain.push(cause);
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return chain;
}

function codeOf(cause: unknown): string | null {
  // undici 8 leaves the code of most of these empty.
  if (cause instanceof errors.HTTPParserError) return cause.code ?? 'HPE';
  if (!(cause instanceof Error) || !('code' in cause)) return null;
  return typeof cause.code === 'string' ? cause.code : null;
}
