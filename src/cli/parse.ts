import { InvalidArgumentError } from 'commander';
import { parseEmbedderReference } from '#domain/embedder-reference.ts';
import { parseEpochId } from '#domain/epoch.ts';
import { AppError, ERROR_CODES, type ErrorCode, toAppError } from '#domain/errors.ts';
import type { IndexStorage } from '#domain/feature-view.ts';

/** Parsers of option values; commander turns what they throw into a usage error. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}

const UNITS_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `90`, `90s`, `15m`, `2h`, `1d`: milliseconds, of seconds when there is no unit. */
export function durationMs(minMs: number, maxMs: number): (text: string) => number {
  return (text) => {
    const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text.trim());
    const unit = (match?.[2] ?? 's') as keyof typeof UNITS_MS;
    const value = Math.round(Number(match?.[1]) * UNITS_MS[unit]);
    if (match === null || value < minMs || value > maxMs) {
      throw new InvalidArgumentError(
        `It must be a time like 90s, 15m, 2h or 1d, from ${inUnit(minMs)} to ${inUnit(maxMs)}.`,
      );
    }
    return value;
  };
}

function inUnit(ms: number): string {
  const units = Object.entries(UNITS_MS).reverse();
  const [name, size] = units.find(([, unitMs]) => ms % unitMs === 0) ?? ['ms', 1];
  return `${ms / size}${name}`;
}

/** BCP 47 primary tags, one option's value at a time: `en`, `pt-BR` for `pt`. */
export function languageTags(text: string, before: readonly string[] = []): readonly string[] {
  const tag = /^([a-z]{2,3})(?:-[a-z0-9]{1,8})*$/i.exec(text)?.[1]?.toLowerCase();
  if (tag === undefined) throw new InvalidArgumentError('It must be a language tag like en or fr.');
  return before.includes(tag) ? before : [...before, tag];
}

/** A code of the README's error table. */
export function errorCode(text: string): ErrorCode {
  const code = ERROR_CODES.find((known) => known === text);
  if (code === undefined) {
    throw new InvalidArgumentError("It must be a code of the README's table, like timeout.");
  }
  return code;
}

export function fraction(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1)) {
    throw new InvalidArgumentError('It must be a number from 0 to 1.');
  }
  return value;
}

/** A number that may have decimals. */
export function amount(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= min && value <= max)) {
      throw new InvalidArgumentError(`It must be a number from ${min} to ${max}.`);
    }
    return value;
  };
}

export type EpochOption = ReturnType<typeof parseEpochId>;

export function temperature(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 2)) {
    throw new InvalidArgumentError('It must be a number from 0 to 2.');
  }
  return value;
}

/** `posts@v1#42`, `#42` or `42`. */
export function epochOption(text: string): EpochOption {
  try {
    return parseEpochId(text);
  } catch (thrown) {
    throw new InvalidArgumentError(toAppError(thrown).message);
  }
}

export function webAddress(text: string): string {
  try {
    return parseWebAddress(text);
  } catch (thrown) {
    throw new InvalidArgumentError(toAppError(thrown).message);
  }
}

/** An absolute http(s) URL in its normal form. Throws `invalid_input`. */
export function parseWebAddress(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    const message = `"${text}" is no address of a site; write it like https://blog.example/.`;
    throw new AppError('invalid_input', message, { param: 'url' });
  }
  if (url.username !== '' || url.password !== '') {
    const message = `the URL of ${url.host} holds a user name or password; take it out.`;
    throw new AppError('invalid_input', message, { param: 'url' });
  }
  return url.href;
}

/** `static:<folder>`, `transformers:<model>?dtype=q8`, `openai:<model>`. */
export function embedderReference(text: string): string {
  try {
    parseEmbedderReference(text);
    return text;
  } catch (thrown) {
    throw new InvalidArgumentError(toAppError(thrown).message);
  }
}

const STORAGE = {
  vectors: (text: string) => wordOf(text, ['memory', 'disk']),
  terms: (text: string) => wordOf(text, ['memory', 'disk']),
  quantisation: (text: string) => wordOf(text, ['none', 'int8', 'binary']),
  shards: wholeNumber(1, 1_024),
  replicas: wholeNumber(1, 64),
} as const;

function wordOf<Word extends string>(text: string, words: readonly Word[]): Word {
  const word = words.find((known) => known === text);
  if (word === undefined) throw new InvalidArgumentError(`It must be one of ${words.join(', ')}.`);
  return word;
}

/** `vectors=disk,quantisation=int8,shards=4`. */
export function storageOption(text: string): Partial<IndexStorage> {
  const settings = text.split(',').map((part) => {
    const [name = '', value = ''] = part.trim().split('=');
    if (!Object.hasOwn(STORAGE, name)) {
      const known = Object.keys(STORAGE).join(', ');
      throw new InvalidArgumentError(`It has ${known}, each with =value, but no "${name}".`);
    }
    return [name, STORAGE[name as keyof typeof STORAGE](value)];
  });
  return Object.fromEntries(settings);
}
