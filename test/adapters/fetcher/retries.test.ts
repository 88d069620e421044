import { describe, expect, it } from 'vitest';
import { retryAfterMs, retryDelayMs } from '#adapters/fetcher/retry-delay.ts';
import { createFakeClock, type FakeClock } from '../../fakes/clock.ts';
import { fetcherWith, requestOf, serve, serveSockets, textOf, visit } from './loopback.ts';

const html = { 'content-type': 'text/html' };
type Answer = readonly [status: number, headers?: Readonly<Record<string, string>>];

/** Answers in turn; the last one for ever. */
async function serveInTurn(...answers: readonly Answer[]) {
  const asked: string[] = [];
  const origin = await serve(({ url = '' }, response) => {
    const [status, headers] = answers[Math.min(asked.length, answers.length - 1)] ?? [500];
    asked.push(url);
    response.writeHead(status, { ...html, ...headers }).end(status === 200 ? 'page' : 'no');
  });
  return { origin, asked };
}

/** Lets a sleep of this length begin, checks that nothing happens before it ends, and ends it. */
async function passThrough(clock: FakeClock, ms: number, asked: readonly string[]) {
  await clock.whenSleeping((asleep) => asleep === ms);
  const before = asked.length;
  await clock.advance(ms - 1);
  expect(asked.length).toBe(before);
  await clock.advance(1);
}

describe('what may pass', () => {
  it.each([500, 502, 503, 504, 429, 408])('%i is asked for again, ever later', async (status) => {
    const clock = createFakeClock();
    const { origin, asked } = await serveInTurn([status], [status], [200]);
    const visiting = visit(fetcherWith({ clock, limits: { retriesMax: 2 } }), origin);
    await passThrough(clock, 375, asked);
    await passThrough(clock, 750, asked);
    expect([textOf(await visiting), asked.length]).toEqual(['page', 3]);
  });

  it('fails as retryable when the budget is spent', async () => {
    const clock = createFakeClock({ mode: 'manual' });
    const { origin, asked } = await serveInTurn([503]);
    const visiting = visit(fetcherWith({ clock, limits: { retriesMax: 1 } }), origin);
    await passThrough(clock, 375, asked);
    expect(await visiting).toMatchObject({ code: 'http_status', status: 503, retryable: true });
    expect(asked.length).toBe(2);
  });

  it('includes connections that break', async () => {
    const clock = createFakeClock();
    let sockets = 0;
    const origin = await serveSockets((socket) => {
      sockets += 1;
      const answer = 'HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 4\r\n\r\npage';
      const isFirst = sockets === 1;
      socket.once('data', () => (isFirst ? socket.destroy() : socket.end(answer)));
    });
    const visiting = visit(fetcherWith({ clock, limits: { retriesMax: 1 } }), origin);
    await passThrough(clock, 375, []);
    expect([textOf(await visiting), sockets]).toEqual(['page', 2]);
  });

  it('spends one budget over all redirects', async () => {
    const clock = createFakeClock();
    const { origin, asked } = await serveInTurn([500], [302, { location: '/b' }], [500]);
    const visiting = visit(fetcherWith({ clock, limits: { retriesMax: 2 } }), `${origin}/a`);
    await passThrough(clock, 375, asked);
    await passThrough(clock, 375, asked);
    expect(await visiting).toMatchObject({ code: 'http_status', redirects: [{ status: 302 }] });
    expect(asked).toEqual(['/a', '/a', '/b', '/b']);
  });

  it('stops waiting when it is aborted', async () => {
    const clock = createFakeClock();
    const { origin } = await serveInTurn([500]);
    const controller = new AbortController();
    const fetcher = fetcherWith({ clock, limits: { retriesMax: 1 } });
    const visiting = fetcher.fetch(requestOf(origin), controller.signal);
    await clock.whenSleeping((ms) => ms === 375);
    controller.abort();
    await expect(visiting).rejects.toMatchObject({ code: 'cancelled' });
    expect(clock.sleeping()).toBe(0);
  });
});

it.each([400, 401, 403, 404, 410, 451])('%i is asked for once', async (status) => {
  const { origin, asked } = await serveInTurn([status]);
  const outcome = await visit(fetcherWith({ limits: { retriesMax: 3 } }), origin);
  expect(outcome.kind).toBe(status === 404 || status === 410 ? 'gone' : 'failed');
  expect(asked.length).toBe(1);
});

describe('Retry-After', () => {
  it.each([
    ['seconds', 429, '7', 7_250],
    ['a date', 503, 'Fri, 02 Jan 2026 03:04:16 GMT', 11_250],
    ['more than the cap', 503, '86400', 60_250],
    ['a date in the past', 503, 'Thu, 01 Jan 2026 00:00:00 GMT', 250],
    ['nonsense', 503, 'soon', 375],
  ])('of %s is obeyed', async (_, status, header, waitMs) => {
    const clock = createFakeClock();
    const { origin, asked } = await serveInTurn([status, { 'retry-after': header }], [200]);
    const visiting = visit(fetcherWith({ clock, limits: { retriesMax: 1 } }), origin);
    await passThrough(clock, waitMs, asked);
    expect(textOf(await visiting)).toBe('page');
  });

  it('holds off every other visit to that host, and to no other host', async () => {
    const clock = createFakeClock();
    const busy = await serveInTurn([429, { 'retry-after': '30' }], [200]);
    const other = await serveInTurn([200]);
    const fetcher = fetcherWith({ clock });
    expect(await visit(fetcher, `${busy.origin}/a`)).toMatchObject({ status: 429 });
    const held = visit(fetcher, `${busy.origin}/b`);
    expect(textOf(await visit(fetcher, other.origin))).toBe('page');
    await passThrough(clock, 30_000, busy.asked);
    expect([textOf(await held), busy.asked]).toEqual(['page', ['/a', '/b']]);
  });
});

describe('retryAfterMs', () => {
  const clock = createFakeClock({ now: '2026-01-01T00:00:00.000Z' });
  it.each([
    ['', null],
    ['0', 0],
    [' 5 ', 5_000],
    ['-5', 0],
    ['1e9', null],
    ['99999999999999999999', 60_000],
    ['Thu, 01 Jan 2026 00:00:10 GMT', 10_000],
    ['Thursday, 01-Jan-26 00:00:10 GMT', 10_000],
    ['Thu Jan  1 00:00:10 2026', 10_000],
    ['Wed, 31 Dec 2025 23:59:59 GMT', 0],
  ])('reads "%s" as %s', (header, ms) => expect(retryAfterMs(header, clock, 60_000)).toBe(ms));
});

describe('retryDelayMs', () => {
  it.each([
    [0, null, 0, 250],
    [0, null, 1, 500],
    [3, null, 1, 4_000],
    [40, null, 1, 30_000],
    [0, 2_000, 0, 2_000],
    [9, 2_000, 1, 2_500],
  ])('waits after attempt %i, asked for %s, at random %d: %i ms', (attempt, asked, random, ms) =>
    expect(retryDelayMs(attempt, asked, random)).toBe(ms),
  );
});
