import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAddressGuard } from '#adapters/fetcher/address-guard.ts';
import { fetcherWith, requestOf, resolverOf, serve, textOf, visit } from './loopback.ts';

const isGlobal = createAddressGuard([]);

describe('the guard', () => {
  it.each([
    // this host, private, shared, link-local, and where clouds keep their credentials
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '100.64.0.1',
    '100.127.255.255',
    '127.0.0.1',
    '127.255.255.254',
    '168.63.129.16',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    // protocol assignments, documentation, relays, benchmarks, multicast, reserved, broadcast
    '192.0.0.1',
    '192.0.2.1',
    '192.88.99.1',
    '198.18.0.1',
    '198.19.255.255',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '100::1',
    '2001:db8::1',
    '3fff::1',
    '5f00::1',
    '4000::1',
    // IPv4 inside IPv6: mapped, compatible, translated, NAT64, 6to4, Teredo
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:10.0.0.1',
    '::127.0.0.1',
    '::8.8.8.8',
    '::ffff:0:127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b::8.8.8.8',
    '64:ff9b:1::a00:1',
    '2002:7f00:1::1',
    '2002:808:808::1',
    '2001:0:4136:e378:8000:63bf:3fff:fdd2',
    '2001:10::1',
    '2001:20::1',
    '2001:30::1',
    '2001:1ff::1',
    '2a00:1450::5efe:7f00:1',
    '2a00:1450::200:5efe:10.0.0.1',
    '2606:4700::1111%eth0',
    // no address at all
    '',
    'localhost',
    '127.1',
    '2130706433',
    '0x7f.0.0.1',
    '8.8.8',
    '[::1]',
    '8.8.8.8/32',
  ])('stops %s', (address) => expect(isGlobal(address)).toBe(false));

  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '100.63.255.255',
    '100.128.0.1',
    '172.15.0.1',
    '172.32.0.1',
    '192.167.1.1',
    '223.255.255.255',
    '::ffff:8.8.8.8',
    '2606:4700::1111',
    '2a00:1450:4001:81b::200e',
    '2a00:1450::1:5efe:808:808',
    '168.63.129.17',
  ])('lets %s pass', (address) => expect(isGlobal(address)).toBe(true));

  it('lets allowed networks pass, and nothing beside them', () => {
    const isAllowed = createAddressGuard(['127.0.0.0/8', 'fd00:1::/32', '192.168.7.7/32']);
    const verdicts = ['127.3.2.1', '::ffff:127.0.0.1', 'fd00:1::9', '192.168.7.7', '8.8.8.8'];
    expect(verdicts.filter(isAllowed)).toEqual(verdicts);
    expect(
      ['10.0.0.1', 'fd00:2::9', '192.168.7.8', '::1', '::127.0.0.1'].filter(isAllowed),
    ).toEqual([]);
  });

  it('judges an IPv4 address and its mapped form alike', () =>
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(isGlobal(`::ffff:${address}`)).toBe(isGlobal(address));
      }),
    ));

  it('lets no IPv6 address outside 2000::/3 pass', () =>
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        if (isGlobal(address)) expect(address).toMatch(/^([23][\da-f]{3}:|::ffff:)/i);
      }),
      { numRuns: 500 },
    ));

  it.each(['127.0.0.1', 'localhost/8', '10.0.0.0/33', ''])('does not read "%s"', (cidr) => {
    expect(() => createAddressGuard([cidr])).toThrow(/CIDR/);
    expect(() => fetcherWith({ allowNetworks: [cidr] })).toThrow(
      expect.objectContaining({ code: 'invalid_config', param: 'allowNetworks' }),
    );
  });
});

describe('a URL', () => {
  const nowhere = resolverOf([]);

  it.each([
    'http://127.0.0.1/',
    'http://127.0.0.1./',
    'http://127.1/',
    'http://2130706433/',
    'http://017700000001/',
    'http://0x7f000001/',
    'http://0x7f.0.0.1/',
    'http://0177.0.0.01/',
    'http://127.0.0.1:8080/',
    'http://①②⑦.⓪.⓪.①/',
    'http://%31%32%37.0.0.1/',
    'http://0/',
    'http://[::1]/',
    'http://[0:0:0:0:0:0:0:1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://[::127.0.0.1]/',
    'http://[64:ff9b::127.0.0.1]/',
    'http://[2002:7f00:1::]/',
    'http://[fe80::1]/',
    'https://169.254.169.254/latest/meta-data/',
    'https://10.0.0.1/',
    'http://user:secret@8.8.8.8/',
    'http://user@8.8.8.8/',
    'ftp://8.8.8.8/',
    'file:///etc/passwd',
    'data:text/html,hello',
  ])('%s is refused before anything is asked or resolved', async (url) => {
    const outcome = await visit(fetcherWith({ allowNetworks: [], resolve: nowhere }), url);
    expect(outcome).toMatchObject({ kind: 'failed', code: 'address_refused', retryable: false });
    expect(outcome).toHaveProperty('message', expect.not.stringContaining('secret'));
    expect(nowhere.asked).toEqual([]);
  });
});

describe('a name', () => {
  const html = { 'content-type': 'text/html' };

  async function site(): Promise<{ port: string; hosts: string[] }> {
    const hosts: string[] = [];
    const origin = await serve(({ headers, url }, response) => {
      hosts.push(headers.host ?? '');
      if (url === '/inward') response.writeHead(302, { location: 'http://10.0.0.1/' }).end();
      else response.writeHead(200, { ...html, connection: 'close' }).end('here');
    });
    return { port: new URL(origin).port, hosts };
  }

  it.each([
    [['10.0.0.1']],
    [['169.254.169.254', 'fe80::1', '::1']],
    [['::ffff:10.0.0.1', '64:ff9b::a00:1']],
  ])('that resolves to %j is refused, and the addresses are named', async (addresses) => {
    const fetcher = fetcherWith({ resolve: resolverOf(addresses) });
    const outcome = await visit(fetcher, 'http://inside.example/');
    expect(outcome).toMatchObject({ code: 'address_refused', retryable: false });
    expect(outcome).toHaveProperty('message', expect.stringContaining(addresses.join(', ')));
  });

  it.each(['http', 'https'])('is resolved for %s alike', async (scheme) => {
    const resolve = resolverOf(['10.0.0.1']);
    const outcome = await visit(fetcherWith({ resolve }), `${scheme}://inside.example/`);
    expect(outcome).toHaveProperty('code', 'address_refused');
    expect(resolve.asked).toEqual(['inside.example']);
  });

  it('is reached by its allowed addresses only', async () => {
    const { port, hosts } = await site();
    const fetcher = fetcherWith({ resolve: resolverOf(['10.0.0.1', '127.0.0.1', '::1']) });
    expect(textOf(await visit(fetcher, `http://mixed.example:${port}/`))).toBe('here');
    expect(hosts).toEqual([`mixed.example:${port}`]);
  });

  it('that resolves inward at its second use is refused then', async () => {
    const { port, hosts } = await site();
    const resolve = resolverOf(['127.0.0.1'], ['192.168.0.1']);
    const fetcher = fetcherWith({ resolve });
    expect(textOf(await visit(fetcher, `http://rebound.example:${port}/`))).toBe('here');
    const second = await visit(fetcher, `http://rebound.example:${port}/`);
    expect(second).toHaveProperty('code', 'address_refused');
    expect([hosts.length, resolve.asked.length]).toEqual([1, 2]);
  });

  it('is resolved once a connection: what is judged is what is connected to', async () => {
    const { port } = await site();
    const resolve = resolverOf(['127.0.0.1'], ['10.0.0.1']);
    const outcome = await visit(fetcherWith({ resolve }), `http://once.example:${port}/`);
    expect([textOf(outcome), resolve.asked]).toEqual(['here', ['once.example']]);
  });

  it('of this machine is refused when its network is not allowed', async () => {
    const { port, hosts } = await site();
    const fetcher = fetcherWith({ allowNetworks: [] });
    const outcome = await visit(fetcher, `http://localhost:${port}/`);
    expect(outcome).toHaveProperty('code', 'address_refused');
    expect(hosts).toEqual([]);
  });

  it('is judged again at every redirect', async () => {
    const { port } = await site();
    const url = `http://127.0.0.1:${port}/inward`;
    const outcome = await visit(fetcherWith(), url);
    expect(outcome).toMatchObject({
      code: 'address_refused',
      redirects: [{ from: url, to: 'http://10.0.0.1/', status: 302 }],
    });
  });

  it('that nobody knows is unreachable, and not asked for again', async () => {
    const unknown = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
    const fetcher = fetcherWith({ resolve: (_, __, callback) => callback(unknown, []) });
    const { signal } = new AbortController();
    const outcome = await fetcher.fetch(requestOf('http://typo.example/'), signal);
    expect(outcome).toMatchObject({ code: 'unreachable', retryable: false });
  });
});
