import { InvalidArgumentError } from 'commander';
import { parseEpochId } from '#domain/epoch.ts';
import { toAppError } from '#domain/errors.ts';

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

export function fraction(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1)) {
    throw new InvalidArgumentError('It must be a number from 0 to 1.');
  }
  return value;
}

/** `posts@v1#42`, `#42` or `42`. */
export function epochOption(text: string): { viewId: string | null; epoch: number } {
  try {
    return parseEpochId(text);
  } catch (thrown) {
    throw new InvalidArgumentError(toAppError(thrown).message);
  }
}

export function webAddress(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new InvalidArgumentError('It must be a URL that begins with http:// or https://.');
  }
  return url.href;
}
