import type { Log, LogFields } from '#ports/system.ts';

export type LogEntry = {
  readonly level: keyof Log;
  readonly message: string;
  readonly fields: LogFields;
};

/** A log that remembers what it was told, in order. */
export function createFakeLog(): Log & { readonly entries: readonly LogEntry[] } {
  const entries: LogEntry[] = [];
  const writer =
    (level: keyof Log) =>
    (message: string, fields: LogFields = {}): void =>
      void entries.push({ level, message, fields });
  return {
    debug: writer('debug'),
    info: writer('info'),
    warn: writer('warn'),
    error: writer('error'),
    entries,
  };
}
