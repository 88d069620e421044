import { InvalidArgumentError } from 'commander';
import { parseEpochId } from '#domain/epoch.ts';
import { AppError, toAppError } from '#domain/errors.ts';

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
