import { describe, expect, it } from 'vitest';
import { type Failure, failure } from '#adapters/fetcher/failure.ts';
import { createHostBreaker, type Pass } from '#adapters/fetcher/host-breaker.ts';
import { createFakeClock } from '../../fakes/clock.ts';
import { createHastyClock, fetcherWith, serve, serveSockets, textOf, visit } from './loopback.ts';

const LIMITS = { hostFailuresMax: 3, hostPauseMs: 1_000, hostPauseMsMax: 3_000 };
const AT = new URL('https://blog.example/post');
const answered = { kind: 'answered' } as const;
const broken: Failure = { ...failure('http_status', 'answered 500', true), status: 500 };

function breakerWith() {
  const clock = createFakeClock();
  const breaker = createHostBreaker({ clock, limits: LIMITS });
  const passOf = (url = AT): Pass => {
    const pass = breaker.admit(url);
    if (pass.kind === 'failed') throw new Error(pass.message);
    return pass;
  };
  const fail = (times: number, failed = broken) => {
    for (let time = 0; time < times; time += 1) passOf().settle(failed);
  };
  return { clock, breaker, passOf, fail };
}

describe('a host is left alone', () => {
  it.each<[string, Failure]>([
    ['500', broken],
    ['429', { ...broken, status: 429 }],
    ['no connection', failure('unreachable', 'refused', true)],
    ['no answer in time', failure('timeout', 'late', true)],
  ])('after so many failures in a row by %s', (_, failed) => {
    const { breaker, fail } = breakerWith();
    fail(2, failed);
    expect(breaker.admit(AT).kind).toBe('pass');
    fail(1, failed);
    const { status, retryable } = failed;
    const code = status === null ? 'unreachable' : 'http_status';
    expect(breaker.admit(AT)).toMatchObject({ kind: 'failed', code, status, retryable });
    expect(breaker.admit(AT)).toHaveProperty(
      'message',
      expect.stringMatching(/blog\.example\/post .*last 3 visits of blog\.example failed/),
    );
  });

  it('and no other host with it', () => {
    const { breaker, fail } = breakerWith();
    fail(3);
    expect(breaker.admit(new URL('https://blog.example:8443/')).kind).toBe('pass');
    expect(breaker.admit(new URL('http://blog.example/')).kind).toBe('failed');
  });

  it('not when an answer came between', () => {
    const { breaker, passOf, fail } = breakerWith();
    fail(2);
    passOf().settle(answered);
    fail(2);
    expect(breaker.admit(AT).kind).toBe('pass');
  });

  it.each<[string, Failure | null]>([
    ['a page that is too large', failure('too_large', 'too large', false)],
    ['a page that is forbidden', { ...failure('http_status', '403', false), status: 403 }],
    ['a visit that was cancelled', null],
  ])('not for %s', (_, failed) => {
    const { breaker, passOf } = breakerWith();
    for (let time = 0; time < 9; time += 1) passOf().settle(failed);
    expect(breaker.admit(AT).kind).toBe('pass');
  });

  it('also by visits that were admitted before, when their turn comes', () => {
    const { passOf, fail } = breakerWith();
    const early = passOf();
    expect(early.refusal()).toBeNull();
    fail(3);
    expect(early.refusal()).toMatchObject({ kind: 'failed', status: 500 });
  });
});

describe('after the pause', () => {
  it('one visit finds out, and the others wait for what it finds', async () => {
    const { clock, breaker, passOf, fail } = breakerWith();
    fail(3);
    await clock.advance(999);
    expect(breaker.admit(AT).kind).toBe('failed');
    await clock.advance(1);
    const probe = passOf();
    expect([probe.isProbe, probe.refusal()]).toEqual([true, null]);
    expect(breaker.admit(AT).kind).toBe('failed');
    probe.settle(answered);
    expect(passOf().isProbe).toBe(false);
  });

  it('another one is as long again and again, up to the cap', async () => {
    const { clock, breaker, passOf, fail } = breakerWith();
    fail(3);
    for (const pauseMs of [1_000, 2_000, 3_000, 3_000]) {
      await clock.advance(pauseMs - 1);
      expect(breaker.admit(AT).kind).toBe('failed');
      await clock.advance(1);
      passOf().settle(broken);
    }
  });

  it('a visit that was cancelled leaves finding out to the next', async () => {
    const { clock, passOf, fail } = breakerWith();
    fail(3);
    await clock.advance(1_000);
    passOf().settle(null);
    expect(passOf().isProbe).toBe(true);
  });

  it('visits that were under way when it began do not prolong it', async () => {
    const { clock, breaker, passOf, fail } = breakerWith();
    const slow = [passOf(), passOf()];
    fail(3);
    await clock.advance(900);
    for (const pass of slow) pass.settle(broken);
    await clock.advance(100);
    expect(breaker.admit(AT)).toMatchObject({ kind: 'pass', isProbe: true });
  });
});

describe('a site', () => {
  it.each([500, 429])('that always answers %i stops being asked', async (status) => {
    const clock = createHastyClock();
    let asked = 0;
    const origin = await serve((_, response) => {
      asked += 1;
      response.writeHead(status, { 'retry-after': '1' }).end();
    });
    const fetcher = fetcherWith({ clock, limits: { retriesMax: 1, ...LIMITS, hostPauseMs: 1e6 } });
    const paths = Array.from({ length: 50 }, (_, index) => `${origin}/${index}`);
    for (const url of paths) {
      const outcome = await visit(fetcher, url);
      expect(outcome).toMatchObject({ code: 'http_status', status, retryable: true });
      expect(outcome).toHaveProperty('message', expect.stringContaining(url));
    }
    expect(asked).toBe(6);
  });

  it('that never answers stops being asked, and is asked again after a pause', async () => {
    const clock = createFakeClock();
    let sockets = 0;
    const origin = await serveSockets((socket) => {
      sockets += 1;
      if (sockets <= 3) socket.destroy();
      const answer = 'HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 4\r\n\r\npage';
      socket.once('data', () => socket.end(answer));
    });
    const fetcher = fetcherWith({ clock, limits: LIMITS });
    for (let time = 0; time < 5; time += 1) {
      expect(await visit(fetcher, origin)).toMatchObject({ code: 'unreachable', retryable: true });
    }
    expect(sockets).toBe(3);
    await clock.advance(1_000);
    expect(textOf(await visit(fetcher, origin))).toBe('page');
    expect(textOf(await visit(fetcher, origin))).toBe('page');
  });

  it('that is refused for its address is not said to have failed', async () => {
    const fetcher = fetcherWith({ allowNetworks: [], limits: LIMITS });
    for (let time = 0; time < 5; time += 1) {
      expect(await visit(fetcher, 'http://127.0.0.1/')).toHaveProperty('code', 'address_refused');
    }
  });
});
