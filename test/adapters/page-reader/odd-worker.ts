import { existsSync, writeFileSync } from 'node:fs';
import { parentPort, threadId } from 'node:worker_threads';
import { givenUp } from '#adapters/page-reader/given-up.ts';
import type { RawPage } from '#ports/page-fetcher.ts';

// A reader whose pages say in their path what is to go wrong; `malformed` tells the thread.
const kept: unknown[] = [];

function eat(megabytes: number): void {
  for (let at = 0; at < megabytes * 8; at += 1) kept.push(Array(16_384).fill(Math.random()));
}

function read(page: RawPage): void {
  const { pathname, searchParams } = new URL(page.url);
  if (pathname === '/endless') for (;;);
  if (pathname === '/fat') eat(10_000);
  if (pathname === '/eat') eat(Number(searchParams.get('mb')));
  if (pathname === '/throw') throw new Error('a fault of the reader');
  if (pathname === '/exit') process.exit(3);
  const mark = searchParams.get('mark');
  if (mark !== null && !existsSync(mark)) {
    writeFileSync(mark, '');
    throw new Error('only once');
  }
  if (pathname !== '/silent') parentPort?.postMessage(givenUp(page, `thread ${threadId}`));
}

parentPort?.on('message', read);
parentPort?.postMessage('ready');
