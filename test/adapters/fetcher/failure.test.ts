import { expect, it } from 'vitest';
import { failureOf } from '#adapters/fetcher/failure.ts';
import { AppError } from '#domain/errors.ts';

const URL = 'https://blog.example/post';
const coded = (code: string) => Object.assign(new Error('vendor words'), { code });

it.each([
  ['ECONNRESET', 'unreachable', true],
  ['EAI_AGAIN', 'unreachable', true],
  ['ENOTFOUND', 'unreachable', false],
  ['UND_ERR_SOCKET', 'unreachable', true],
  ['UND_ERR_CONNECT_TIMEOUT', 'timeout', true],
  ['UND_ERR_HEADERS_OVERFLOW', 'too_large', false],
  ['UND_ERR_INVALID_ARG', 'invalid_input', false],
  ['HPE_INVALID_CONSTANT', 'malformed', false],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'malformed', false],
  ['CERT_HAS_EXPIRED', 'unreachable', false],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'unreachable', false],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unreachable', false],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'unreachable', false],
])('%s is %s, retryable: %s', (vendorCode, code, retryable) => {
  const failed = failureOf(new Error('outer', { cause: coded(vendorCode) }), URL);
  expect(failed).toMatchObject({ kind: 'failed', code, retryable, status: null });
  expect(failed.message).toContain(URL);
  expect(failed.message).toContain(vendorCode);
});

it('keeps our own errors, however deep they lie', () => {
  const ours = new AppError('address_refused', '10.0.0.1 is not globally routable');
  const wrapped = Object.assign(new Error('connect failed', { cause: ours }), { code: 'EFAIL' });
  expect(failureOf(wrapped, URL)).toMatchObject({
    code: 'address_refused',
    message: `${URL}: 10.0.0.1 is not globally routable`,
  });
});

it.each([new TypeError('a mistake of ours'), 'a string', undefined])(
  'takes %s for a mistake, not for a host in trouble',
  (thrown) => expect(failureOf(thrown, URL)).toMatchObject({ code: 'internal', retryable: false }),
);

it('ends at a cause that causes itself', () => {
  const knot = new Error('knot');
  knot.cause = knot;
  expect(failureOf(knot, URL).code).toBe('internal');
});
