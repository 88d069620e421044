import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandLine, createCommandLine } from './command-line.ts';
import {
  HOSTILE_PATHS,
  type HostileSite,
  HUGE_BYTES,
  serveHostileSite,
  serveStatus,
} from './hostile-site.ts';
import { filler, SEABIRDS, type SmallSite, serveSmallSite } from './small-site.ts';

let good: SmallSite;
let hostile: HostileSite;
let allGone: HostileSite;
let allBroken: HostileSite;
let lockstep: CommandLine;
let before: Awaited<ReturnType<typeof state>>;

/** What must be as it was after anything that failed. */
async function state() {
  const [view, history, sources] = await Promise.all([
    lockstep.json('view', 'show', 'posts'),
    lockstep.json('history'),
    lockstep.json('source', 'list'),
  ]);
  return { view, history, sources };
}

beforeAll(async () => {
  [good, hostile, allGone, allBroken] = await Promise.all([
    serveSmallSite(SEABIRDS),
    serveHostileSite(),
    serveStatus(404),
    serveStatus(500),
  ]);
  lockstep = createCommandLine();
  await lockstep.json('up', `${good.site.origin}/`, '--once');
  before = await state();
}, 60_000);
afterAll(async () => {
  lockstep.remove();
  await Promise.all([good, hostile, allGone, allBroken].map((site) => site.close()));
});

describe('up with a site of which nothing can be had', () => {
  it.each([
    ['a port where nobody listens', () => 'http://127.0.0.1:1/', 'unreachable', 'ECONNREFUSED'],
    ['an unknown host', () => 'http://no-such-host.invalid/', 'unreachable', 'spelling'],
    ['200 MB', () => `${hostile.origin}/huge-chunked`, 'too_large', '10000000 bytes'],
    ['a redirect inwards', () => `${hostile.origin}/to-private`, 'address_refused', '10.1.2.3'],
    ['a site that is gone', () => `${allGone.origin}/`, 'gone', '404'],
  ])(
    'refuses %s by name',
    async (_, urlOf, code, words) => {
      const url = urlOf();
      const refused = await lockstep.refused('up', url, '--once');
      expect(refused).toMatchObject({ exit: 1, code, param: 'url', out: '' });
      expect(refused.message).toContain(new URL(url).host);
      expect(refused.message).toContain(words);
      expect(refused.message).toContain('Nothing was changed');
    },
    60_000,
  );

  it('leaves everything as it was, the list of sources too', async () => {
    expect(await state()).toEqual(before);
  }, 60_000);
});

type Letter = { readonly url: string; readonly code: string; readonly message: string };

it('fails a crawl that gave no document, and says of every page why', async () => {
  const outside = ['http://127.0.0.1:1/', 'http://no-such-host.invalid/', 'http://10.0.0.1/'];
  const urls = [...HOSTILE_PATHS.map((path) => `${hostile.origin}${path}`), ...outside];
  const broken = `${allBroken.origin}/`;
  await lockstep.json('source', 'add', ...urls, broken, '--kind', 'list', '--name', 'bad');
  const refused = await lockstep.refused('crawl', 'bad');
  expect(refused).toMatchObject({ exit: 1, code: 'no_content', param: 'source' });
  expect(refused.message).toContain('source bad gave no document');
  expect(refused.message).toContain('lockstep source rejects bad');

  const letters = await lockstep.json<readonly Letter[]>('source', 'rejects', 'bad');
  const found = new Map(letters.map((letter) => [letter.url, letter]));
  const check = (url: string, code: string, words: string) => {
    expect(found.get(url)?.code).toBe(code);
    expect(found.get(url)?.message).toContain(new URL(url).host);
    expect(found.get(url)?.message).toContain(words);
  };
  check(`${hostile.origin}/huge`, 'too_large', '200000000 bytes');
  check(`${hostile.origin}/huge-chunked`, 'too_large', 'smaller page');
  check(`${hostile.origin}/bomb`, 'inflation_refused', '/bomb');
  check(`${hostile.origin}/loop-back`, 'redirect_loop', '/loop');
  check(`${hostile.origin}/pdf`, 'unsupported_type', 'application/pdf');
  check(`${hostile.origin}/empty`, 'no_content', '/empty');
  check(`${hostile.origin}/broken`, 'http_status', '500');
  check(`${hostile.origin}/missing`, 'gone', '404');
  check('http://10.1.2.3/', 'address_refused', 'LOCKSTEP_ALLOW_NETWORKS');
  check('http://10.0.0.1/', 'address_refused', 'LOCKSTEP_ALLOW_NETWORKS');
  check('http://127.0.0.1:1/', 'unreachable', 'ECONNREFUSED');
  check('http://no-such-host.invalid/', 'unreachable', 'ENOTFOUND');
  check(broken, 'http_status', '500');
  expect(hostile.sentBytes()).toBeLessThan(HUGE_BYTES / 2);
}, 60_000);

it('takes the good pages of a site, and the good sites, whatever the others are like', async () => {
  await lockstep.json('source', 'add', `${hostile.origin}/`, '--name', 'mixed');
  await lockstep.json('source', 'add', 'http://no-such-host.invalid/', '--name', 'down');
  good.write('skua', 'The Skua index', [
    filler('the Skua index'),
    'The Skua index is rebuilt every 29 hours.',
  ]);
  const refused = await lockstep.refused('crawl');
  expect(refused.exit).toBe(1);
  expect(refused.message).toContain('source down cannot be crawled');
  expect(refused.message).toContain('source bad gave no document');
  expect(refused.message).not.toContain('source mixed');
  const crawled = JSON.parse(refused.out) as {
    crawls: readonly { source: string; counts: Readonly<Record<string, number>> }[];
    epoch: { number: number; documents: number };
  };
  expect(crawled.epoch).toMatchObject({ number: 2, documents: 4 });
  const mixed = crawled.crawls.find(({ source }) => source === 'mixed')?.counts;
  expect(mixed).toMatchObject({
    new: 1,
    'rejected.too_large': 2,
    'rejected.inflation_refused': 1,
    'rejected.unsupported_type': 1,
    'rejected.http_status': 1,
    'rejected.gone': 1,
  });

  // Nor do they keep the rest of up from being done, though it ends by saying so.
  const up = await lockstep.refused('up', '--once');
  expect(up.message).toContain('source down cannot be crawled');
  expect(JSON.parse(up.out)).toMatchObject({ epoch: 'posts@v1#2', answer: { kind: 'answered' } });
  expect(await lockstep.json('history')).toEqual(before.history);
}, 60_000);
