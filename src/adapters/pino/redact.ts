import type { Json } from '#domain/hash.ts';

export const REDACTED = '[redacted]';

// Whole names only: `tokensMax` and `keyCount` are figures, not secrets.
const SECRET_NAMES = new Set([
  'authorization',
  'proxyauthorization',
  'apikey',
  'xapikey',
  'cookie',
  'setcookie',
  'password',
  'secret',
  'clientsecret',
  'token',
  'accesstoken',
  'refreshtoken',
]);
// QDRANT_API_KEY, openaiApiKey and their like.
const SECRET_ENDING = /(apikey|password|secret|accesstoken)$/;

const BEARER = /\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi;
const API_KEY = /\b(sk|pk|lk|rk)[-_][\w-]{12,}/g;
const URL_CREDENTIALS = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/?#@]*@/gi;

/** Text without the bearer tokens, API keys and URL credentials that errors like to quote. */
export function redactText(text: string): string {
  return text
    .replace(BEARER, `$1 ${REDACTED}`)
    .replace(API_KEY, REDACTED)
    .replace(URL_CREDENTIALS, `$1${REDACTED}@`);
}

/** A value with every secret in it replaced, at any depth. */
function redact(value: Json): Json {
  if (typeof value === 'string') return redactText(value);
  if (value === null || typeof value !== 'object') return value;
  if (isList(value)) return value.map(redact);
  return redactFields(value);
}

export function redactFields(fields: Readonly<Record<string, Json | undefined>>) {
  const clean: Record<string, Json> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) clean[name] = isSecret(name) ? REDACTED : redact(value);
  }
  return clean;
}

function isSecret(name: string): boolean {
  const plain = name.toLowerCase().replaceAll(/[^a-z]/g, '');
  return SECRET_NAMES.has(plain) || SECRET_ENDING.test(plain);
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
