import { describe, expect, it } from 'vitest';
import { AppError, ERROR_CODES } from '#domain/errors.ts';
import { problemOf, problemSchema, renamed, STATUS } from '#http/problem.ts';

describe('problemOf', () => {
  it.each(ERROR_CODES)('gives %s four keys and a status that nobody retries by mistake', (code) => {
    const problem = problemOf(new AppError(code, 'what and what to do'), 'request-1');
    expect(problemSchema.parse(problem)).toEqual(problem);
    expect(Object.keys(problem.error).sort()).toEqual(['code', 'message', 'param', 'type']);
    expect(problem.error.code).toBe(code);
    expect([408, 409]).not.toContain(STATUS[code]);
    expect(STATUS[code]).toBeGreaterThanOrEqual(400);
  });

  it('keeps the inside inside', () => {
    const { error } = problemOf(new AppError('internal', 'password is hunter2'), 'request-1');
    expect(error.message).not.toContain('hunter2');
    expect(error.message).toContain('request-1');
  });

  it.each([
    ['unauthorized', 401, 'authentication_error'],
    ['unauthorized', 403, 'permission_error'],
    ['rate_limited', 429, 'rate_limit_error'],
    ['unknown_channel', 404, 'invalid_request_error'],
    ['embedding_space_mismatch', 503, 'server_error'],
  ] as const)('calls %s with %i a(n) %s', (code, status, type) => {
    expect(problemOf(new AppError(code, ''), '', status).error.type).toBe(type);
  });
});

describe('renamed', () => {
  it('speaks of the field that the caller sent, and of nothing else', () => {
    const cause = new Error('why');
    const error = new AppError('text_too_long', 'long', { param: 'question', cause });
    const other = renamed(error, { question: 'messages' });
    expect(other).toMatchObject({ code: 'text_too_long', message: 'long', param: 'messages' });
    expect(other.cause).toBe(cause);
    expect(renamed(error, { epoch: 'lockstep.epoch' })).toBe(error);
    const retryable = new AppError('rate_limited', '', { param: 'epoch', retryable: true });
    expect(renamed(retryable, { epoch: 'lockstep.epoch' }).retryable).toBe(true);
  });
});
