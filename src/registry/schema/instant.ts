import { customType } from 'drizzle-orm/pg-core';
import { AppError } from '#domain/errors.ts';

/** An ISO 8601 instant as the registry gives it back: UTC, milliseconds. Throws `invalid_input`. */
export function instantOf(text: string): string {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) {
    throw new AppError(
      'invalid_input',
      `"${text}" is no instant; write it like 2026-03-01T09:00Z.`,
    );
  }
  return new Date(ms).toISOString();
}

/** `timestamptz` that reads and writes ISO 8601 UTC strings with milliseconds, as domain types hold. */
export const instant = customType<{ data: string; driverData: string | Date }>({
  dataType: () => 'timestamp(3) with time zone',
  fromDriver: (value) => new Date(value).toISOString(),
  toDriver: instantOf,
});
