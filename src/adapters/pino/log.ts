import {
  type DestinationStream,
  destination as fileDestination,
  pino,
  stdTimeFunctions,
} from 'pino';
import type { Log, LogFields } from '#ports/system.ts';
import { redactFields, redactText } from './redact.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export type LogOptions = {
  /** The least that is written. */
  readonly level: LogLevel;
  /** `stderr`, so that standard output is left to what a command answers; or any sink of lines. */
  readonly destination: 'stderr' | DestinationStream;
};

const STDERR = 2;

/** JSON lines: `level`, `time` (ISO 8601), the fields, `message`. Secrets are replaced. */
export function createLog({ level, destination }: LogOptions): Log {
  const logger = pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    // Synchronous: the last line before a crash is the one that is needed.
    destination === 'stderr' ? fileDestination({ dest: STDERR, sync: true }) : destination,
  );
  const writer =
    (name: Exclude<LogLevel, 'silent'>) =>
    (message: string, fields: LogFields = {}): void => {
      if (logger.isLevelEnabled(name)) logger[name](redactFields(fields), redactText(message));
    };
  return {
    debug: writer('debug'),
    info: writer('info'),
    warn: writer('warn'),
    error: writer('error'),
  };
}
