import { parentPort } from 'node:worker_threads';

// A reader that loads, waits for pages, and never says so.
parentPort?.on('message', () => undefined);
