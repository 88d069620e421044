import { createHash } from 'node:crypto';

/** Anything that JSON can hold. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/** Lower-case hex SHA-256 of UTF-8 text or of bytes. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** SHA-256 of any number of texts, each followed by a line feed, without holding them. */
export function hasherOf(): { add(text: string): void; end(): string } {
  const hash = createHash('sha256');
  return { add: (text) => void hash.update(`${text}\n`), end: () => hash.digest('hex') };
}

/**
 * JSON with sorted keys and no white space, after RFC 8785 for the values used here: strings and
 * numbers as `JSON.stringify` writes them, keys by UTF-16 code unit, `undefined` members left out.
 * Throws a `RangeError` on numbers that JSON cannot hold, so that no hash is ever taken of `null`
 * in place of a number.
 */
export function canonicalJson(value: Json): string {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new RangeError(`canonical JSON cannot hold ${value}`);
  }
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.keys(value)
    .sort()
    .flatMap((key) => {
      const member = value[key];
      return member === undefined ? [] : [`${JSON.stringify(key)}:${canonicalJson(member)}`];
    });
  return `{${members.join(',')}}`;
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** SHA-256 of the canonical JSON of a value. */
export function hashOf(value: Json): string {
  return sha256(canonicalJson(value));
}

/** A deterministic UUID (version 8, RFC 9562) from parts that name a thing. */
export function uuidOf(...parts: readonly string[]): string {
  const hex = sha256(parts.map((part) => `${part.length}:${part}`).join(''));
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
