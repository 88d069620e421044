import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createLog, type LogLevel } from '#adapters/pino/log.ts';
import { REDACTED } from '#adapters/pino/redact.ts';
import type { LogFields } from '#ports/system.ts';

function linesAt(level: LogLevel, write: (log: ReturnType<typeof createLog>) => void): unknown[] {
  const lines: string[] = [];
  write(createLog({ level, destination: { write: (line) => void lines.push(line) } }));
  return lines.map((line) => JSON.parse(line));
}

const fieldsOf = (fields: LogFields) => linesAt('info', (log) => log.info('m', fields))[0];

describe('lines', () => {
  it('hold level, time, fields and message', () => {
    expect(fieldsOf({ pages: 3, source: { name: 'blog' }, tags: ['a', null] })).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      message: 'm',
      pages: 3,
      source: { name: 'blog' },
      tags: ['a', null],
    });
  });

  it.each([
    ['debug', ['debug', 'info', 'warn', 'error']],
    ['info', ['info', 'warn', 'error']],
    ['warn', ['warn', 'error']],
    ['error', ['error']],
    ['silent', []],
  ] as const)('from %s up', (level, expected) => {
    const lines = linesAt(level, (log) => {
      log.debug('debug');
      log.info('info');
      log.warn('warn');
      log.error('error');
    });
    expect(lines).toMatchObject(expected.map((name) => ({ level: name, message: name })));
    expect(lines).toHaveLength(expected.length);
  });

  it('go to standard error, whole, even when the process ends at once', async () => {
    const script = join(import.meta.dirname, 'one-line.ts');
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [script]);
    expect(stdout).toBe('');
    expect(JSON.parse(stderr)).toMatchObject({ level: 'warn', message: 'last words' });
  });
});

describe('redaction', () => {
  it.each([
    'authorization',
    'Authorization',
    'apiKey',
    'api_key',
    'x-api-key',
    'QDRANT_API_KEY',
    'openaiApiKey',
    'cookie',
    'password',
    'clientSecret',
    'access_token',
    'token',
  ])('replaces %s', (name) => {
    expect(fieldsOf({ [name]: 'hunter2-hunter2' })).toHaveProperty(name, REDACTED);
  });

  it('reaches any depth', () => {
    const fields = { request: [{ headers: { authorization: 'Bearer abc', accept: '*/*' } }] };
    expect(fieldsOf(fields)).toMatchObject({
      request: [{ headers: { authorization: REDACTED, accept: '*/*' } }],
    });
  });

  it.each([
    ['tokensMax', 256],
    ['tokens', 12],
    ['keyCount', 2],
    ['key', 'ab12cd'],
    ['monkey', 'see'],
  ])('leaves %s alone', (name, value) => {
    expect(fieldsOf({ [name]: value })).toHaveProperty(name, value);
  });

  it.each([
    ['Bearer eyJhbGciOiJIUzI1NiJ9.e30.abc', `Bearer ${REDACTED}`],
    ['key sk-proj-abcdefghijklmnop refused', `key ${REDACTED} refused`],
    ['postgres://me:pa55@db.example/app', `postgres://${REDACTED}@db.example/app`],
    ['see https://blog.example/@me/post', 'see https://blog.example/@me/post'],
    ['the bearer of news', 'the bearer of news'],
  ])('cleans %s', (text, clean) => {
    expect(fieldsOf({ text })).toHaveProperty('text', clean);
    expect(linesAt('info', (log) => log.error(text))).toMatchObject([{ message: clean }]);
  });
});
