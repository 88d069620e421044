// Writes one line to standard error and ends without waiting for it.
import { createLog } from '#adapters/pino/log.ts';

createLog({ level: 'info', destination: 'stderr' }).warn('last words', { run: 7 });
process.exit(0);
