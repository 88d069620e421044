import { customType } from 'drizzle-orm/pg-core';

/** `timestamptz` that reads and writes ISO 8601 UTC strings with milliseconds, as domain types hold. */
export const instant = customType<{ data: string; driverData: string | Date }>({
  dataType: () => 'timestamp(3) with time zone',
  fromDriver: (value) => new Date(value).toISOString(),
  toDriver: (value) => value,
});
