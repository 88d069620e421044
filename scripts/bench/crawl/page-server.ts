import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { longPage } from './long-page.ts';

// A program of its own, so that what serving costs is not counted: tells its parent its port.
const PAGES = 64;

const pages = Array.from({ length: PAGES }, (_, seed) => {
  const whole = Buffer.from(longPage(seed, PAGES));
  return { whole, zipped: gzipSync(whole) };
});

const server = createServer(({ url = '', headers }, response) => {
  const page = pages[Number(url.slice('/posts/'.length)) % PAGES];
  if (page === undefined) return void response.writeHead(404).end();
  const isZipped =
    process.argv.includes('--gzip') && /\bgzip\b/.test(`${headers['accept-encoding']}`);
  const body = isZipped ? page.zipped : page.whole;
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': body.byteLength,
    etag: `"${url}"`,
    ...(isZipped && { 'content-encoding': 'gzip' }),
  });
  response.end(body);
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.once('disconnect', () => process.exit());
