import { parentPort } from 'node:worker_threads';
import type { RawPage } from '#ports/page-fetcher.ts';
import { extractPage } from './extract.ts';

// Reads the pages that it is sent, in a thread that can be ended when one is too much.
parentPort?.on('message', (page: RawPage) => parentPort?.postMessage(extractPage(page)));
parentPort?.postMessage('ready');
