import { customType } from 'drizzle-orm/pg-core';
import { AppError } from '#domain/errors.ts';
import { canonicalJson, type Json } from '#domain/hash.ts';

/** Longest piece of a refused text that its error quotes. */
const QUOTED_MAX = 24;

/** U+0000, and surrogates without their other half: no UTF-8 that Postgres takes holds them. */
const UNSTORABLE = /\0|\p{Surrogate}/u;
/** The same, as `JSON.stringify` escapes them; pairs are never escaped. */
const UNSTORABLE_JSON = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

function refuse(text: string, at: number): never {
  const quoted = JSON.stringify(text.slice(Math.max(0, at - QUOTED_MAX), at + QUOTED_MAX));
  throw new AppError(
    'invalid_input',
    `Postgres stores neither U+0000 nor half a surrogate pair, and one is in ${quoted}: take it out.`,
  );
}

/**
 * `text` that refuses with `invalid_input` what would not come back as it was: the driver replaces
 * a lone surrogate by U+FFFD without a word, and no hash of the text would hold any more.
 */
export const text = customType<{ data: string; driverData: string }>({
  dataType: () => 'text',
  toDriver: (value) => {
    const at = value.search(UNSTORABLE);
    return at < 0 ? value : refuse(value, at);
  },
});

/** `jsonb` that refuses, besides such texts, numbers that JSON would turn into `null`. */
export const jsonb = customType<{ data: unknown; driverData: unknown }>({
  dataType: () => 'jsonb',
  toDriver: (value) => {
    const json = jsonOf(value as Json);
    const at = json.search(UNSTORABLE_JSON);
    return at < 0 ? json : refuse(json, at);
  },
});

export const bytea = customType<{ data: Uint8Array; driverData: Buffer }>({
  dataType: () => 'bytea',
  toDriver: (value) => Buffer.from(value.buffer, value.byteOffset, value.byteLength),
  fromDriver: (value) => new Uint8Array(value),
});

function jsonOf(value: Json): string {
  try {
    return canonicalJson(value);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new AppError('invalid_input', `the registry cannot hold this: ${cause.message}.`, {
      cause,
    });
  }
}
