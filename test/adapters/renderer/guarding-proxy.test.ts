import { once } from 'node:events';
import { request as requestHttp } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGuardedDial } from '#adapters/fetcher/guarded-dial.ts';
import type { Admission } from '#adapters/renderer/admissions.ts';
import { type GuardingProxy, openGuardingProxy } from '#adapters/renderer/guarding-proxy.ts';
import { createFakeIds } from '../../fakes/ids.ts';
import { ALLOWED, REFUSED, type Served, serveAt } from './rendering.ts';

const LIMITS = { loadedBytesMax: 50_000, connectionsMax: 2 };

let proxy: GuardingProxy;
let site: Served;
let inside: Served;

beforeEach(async () => {
  proxy = await openGuardingProxy({
    dial: createGuardedDial({ allowNetworks: [`${ALLOWED}/32`], connectMs: 2_000 }),
    limits: LIMITS,
    nextSecret: createFakeIds().next,
  });
  site = await serveAt(ALLOWED, (request, response) => {
    const { url = '', method, headers } = request;
    if (url === '/large') response.end('a'.repeat(200_000));
    else if (url === '/slow') response.write('begins');
    else {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        response.writeHead(201, { 'x-own': 'yes', 'keep-alive': 'timeout=9' });
        response.end(JSON.stringify({ method, headers, body: Buffer.concat(chunks).toString() }));
      });
    }
  });
  inside = await serveAt(REFUSED, (_, response) => response.end('secret'));
});

afterEach(async () => {
  await proxy.close();
  site.close();
  inside.close();
});

const authorizationOf = ({ username, password }: Pick<Admission, 'username' | 'password'>) =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

type Got = { readonly status: number; readonly headers: object; readonly body: string };

/** Asks through the proxy, as a browser does for plain HTTP. */
function ask(url: string, authorization: string | null, body = ''): Promise<Got> {
  const { port } = new URL(proxy.server);
  return new Promise((resolve, reject) => {
    const asked = requestHttp({
      host: '127.0.0.1',
      port,
      agent: false,
      method: body === '' ? 'GET' : 'POST',
      path: url,
      headers: {
        host: new URL(url).host,
        ...(authorization !== null && { 'proxy-authorization': authorization }),
        'proxy-connection': 'keep-alive',
      },
    });
    asked.on('error', reject).on('response', (answer) => {
      let text = '';
      answer.on('data', (chunk) => {
        text += chunk;
      });
      answer.on('error', reject);
      answer.on('end', () => {
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text });
      });
    });
    asked.end(body);
  });
}

/** A tunnel to an address, and the status that it was opened with. */
async function open(address: string, authorization: string | null) {
  const { hostname, port } = new URL(proxy.server);
  const socket = connect(Number(port), hostname);
  const own = authorization === null ? '' : `proxy-authorization: ${authorization}\r\n`;
  socket.write(`CONNECT ${address} HTTP/1.1\r\nhost: ${address}\r\n${own}\r\n`);
  socket.on('error', () => undefined);
  const [head] = (await Promise.race([once(socket, 'data'), once(socket, 'close')])) as [unknown];
  return { socket, status: Number(`${head}`.split(' ')[1]) };
}

describe('the proxy', () => {
  it('passes on a request and its answer, without what is between the two of them', async () => {
    const got = await ask(`${site.origin}/x?y=1`, authorizationOf(proxy.admit()), 'sent');
    expect(got).toMatchObject({ status: 201, headers: { 'x-own': 'yes' } });
    const { method, headers, body } = JSON.parse(got.body);
    expect([method, body, headers.host]).toEqual(['POST', 'sent', new URL(site.origin).host]);
    expect(Object.keys(headers).filter((name) => name.startsWith('proxy-'))).toEqual([]);
    expect(site.asked).toEqual(['/x?y=1']);
  });

  it('opens a tunnel and counts what comes through', async () => {
    const admission = proxy.admit();
    const { host } = new URL(site.origin);
    const { socket, status } = await open(host, authorizationOf(admission));
    expect(status).toBe(200);
    socket.write(`GET /y HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
    let text = '';
    for await (const chunk of socket) text += chunk;
    expect(text).toContain('HTTP/1.1 201');
    expect(admission.received()).toBe(Buffer.byteLength(text));
  });

  it.each([
    ['nobody', null],
    ['a stranger', authorizationOf({ username: 'page', password: 'guessed' })],
  ])('lets %s through nowhere', async (_, authorization) => {
    expect(await ask(`${site.origin}/`, authorization)).toMatchObject({ status: 407 });
    expect(await open(new URL(site.origin).host, authorization)).toMatchObject({ status: 407 });
    expect(site.asked).toEqual([]);
  });

  it('lets a page through no more when it is closed, and ends what it had open', async () => {
    const admission = proxy.admit();
    const authorization = authorizationOf(admission);
    const { socket } = await open(new URL(site.origin).host, authorization);
    const slow = ask(`${site.origin}/slow`, authorization);
    const ended = expect(slow).rejects.toThrow();
    const closed = once(socket, 'close');
    while (!site.asked.includes('/slow')) await new Promise((next) => setTimeout(next, 5));
    admission.revoke();
    await Promise.all([closed, ended]);
    expect(await ask(`${site.origin}/`, authorization)).toMatchObject({ status: 407 });
  });

  it('connects to no address that is not allowed', async () => {
    const authorization = authorizationOf(proxy.admit());
    const { host } = new URL(inside.origin);
    await expect(ask(`${inside.origin}/`, authorization)).rejects.toThrow(/socket hang up|RESET/);
    expect(await open(host, authorization)).toMatchObject({ status: 403 });
    expect(await open('[::1]:80', authorization)).toMatchObject({ status: 403 });
    expect(await open('169.254.169.254:80', authorization)).toMatchObject({ status: 403 });
    expect(await open('no address', authorization)).not.toMatchObject({ status: 200 });
    await expect(ask('ftp://127.0.0.1/', authorization)).rejects.toThrow();
    expect(inside.asked).toEqual([]);
  });

  it('cuts a page off that loads too much, and no other', async () => {
    const [greedy, modest] = [proxy.admit(), proxy.admit()];
    await expect(ask(`${site.origin}/large`, authorizationOf(greedy))).rejects.toThrow();
    expect([greedy.isExhausted(), greedy.signal.aborted]).toEqual([true, true]);
    await expect(ask(`${site.origin}/`, authorizationOf(greedy))).rejects.toThrow();
    expect(await ask(`${site.origin}/`, authorizationOf(modest))).toMatchObject({ status: 201 });
    expect(modest.isExhausted()).toBe(false);
  });

  it('holds so many connections for a page and no more', async () => {
    const authorization = authorizationOf(proxy.admit());
    const { host } = new URL(site.origin);
    const tunnels: { socket: Socket; status: number }[] = [];
    for (let at = 0; at < 3; at += 1) tunnels.push(await open(host, authorization));
    expect(tunnels.map(({ status }) => status)).toEqual([200, 200, 403]);
    const [first] = tunnels;
    first?.socket.destroy();
    await new Promise((next) => setTimeout(next, 50));
    expect(await open(host, authorization)).toMatchObject({ status: 200 });
  });
});
