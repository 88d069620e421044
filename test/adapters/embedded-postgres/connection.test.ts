import { connect } from 'node:net';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type PgliteServer,
  type PgliteServerOptions,
  servePglite,
} from '#adapters/embedded-postgres/pglite-server.ts';
import { until } from './place-of-test.ts';

let db: PGlite;
beforeAll(async () => {
  db = await PGlite.create();
  await db.exec('create table noted (value int)');
}, 60_000);
afterAll(() => db.close());

const servers: PgliteServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});
const serve = async (options: Partial<PgliteServerOptions> = {}) => {
  const listen = { host: '127.0.0.1', port: 0 };
  const server = await servePglite({ db, listen, connectionsMax: 8, ...options });
  servers.push(server);
  return server;
};
const clientOf = (server: PgliteServer, config: pg.ClientConfig = {}) => {
  const port = server.port ?? 0;
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', ...config });
  client.on('error', () => undefined);
  return client;
};
const connected = async (server: PgliteServer, config: pg.ClientConfig = {}) => {
  const client = clientOf(server, config);
  await client.connect();
  return client;
};
const noted = async (client: pg.Client) =>
  (await client.query<{ value: number }>('select value from noted')).rows.map((row) => row.value);

describe('a loopback port', () => {
  it('lets in who says the password, and nobody else', async () => {
    const server = await serve({ password: 'open sesame' });
    const client = await connected(server, { password: 'open sesame' });
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    for (const password of ['open', '', 'open sesame ', undefined]) {
      await expect(clientOf(server, { password }).connect()).rejects.toThrow(/password/);
    }
    await client.end();
  });

  it('runs nothing for a client that has not said it', async () => {
    const server = await serve({ password: 'open sesame' });
    const query = Buffer.from('Q\0\0\0\x21insert into noted values (7)\0', 'latin1');
    const startup = Buffer.from('\0\0\0\x17\0\x03\0\0user\0postgres\0\0', 'latin1');
    const socket = connect(server.port ?? 0, '127.0.0.1');
    socket.write(Buffer.concat([startup, query, query]));
    const said: Buffer[] = [];
    for await (const bytes of socket) said.push(bytes);
    expect(Buffer.concat(said).toString('latin1')).toContain('28P01');
    expect(await noted(await connected(await serve()))).toEqual([]);
  });
});

describe('a client that goes in the middle of a transaction', () => {
  const leaveOpen = async (server: PgliteServer, statement: string) => {
    const client = await connected(server);
    await client.query('begin');
    await client.query('insert into noted values (1)');
    await client.query(statement).catch(() => undefined);
    return client;
  };
  const cut = (client: pg.Client) =>
    (
      client as unknown as { connection: { stream: { destroy(): void } } }
    ).connection.stream.destroy();

  it.each([
    ['open', 'select 1'],
    ['failed', 'select 1 / 0'],
  ])('leaves the session free, and nothing of it, when it was %s', async (_, statement) => {
    const server = await serve();
    const other = await connected(server);
    const client = await leaveOpen(server, statement);
    const waiting = other.query('select 1 as one');
    cut(client);
    expect((await waiting).rows).toEqual([{ one: 1 }]);
    expect(await noted(other)).toEqual([]);
    await until(() => server.connections() === 1);
    await other.end();
  });

  it('goes while others wait in line, and their order is kept', async () => {
    const server = await serve();
    const client = await connected(server);
    // Connecting takes the session too: these come before the transaction holds it.
    const gone = await connected(server);
    const others = [await connected(server), await connected(server)];
    await client.query('begin');
    const order: number[] = [];
    const lost = gone.query('insert into noted values (99)').catch(() => 'lost');
    const works = others.map((other, at) => other.query('select 1').then(() => order.push(at)));
    cut(gone);
    expect(await lost).toBe('lost');
    await until(() => server.connections() === 3);
    await client.query('rollback');
    await Promise.all(works);
    expect(order).toEqual([0, 1]);
    expect(await noted(client)).toEqual([]);
    for (const each of [client, ...others]) await each.end();
  });
});

describe('a client that falls silent in a transaction', () => {
  it('loses it, and is told why', async () => {
    const server = await serve({ transactionIdleMsMax: 50 });
    const client = await connected(server);
    const told = new Promise((resolve) => client.on('error', resolve));
    const other = await connected(server);
    await client.query('begin');
    await client.query('insert into noted values (2)');
    expect(await noted(other)).toEqual([]);
    expect(await told).toMatchObject({ code: '25P03' });
    await other.end();
  });

  it('may be as silent as it likes outside of one', async () => {
    const server = await serve({ transactionIdleMsMax: 20 });
    const client = await connected(server);
    await client.query('select 1');
    const other = await connected(server);
    await other.query('select pg_sleep(0.1)');
    expect(await noted(client)).toEqual([]);
    await client.end();
    await other.end();
  });
});

describe('a database that fails', () => {
  it('is reported, once and for all', async () => {
    const causes: unknown[] = [];
    const broken = await PGlite.create();
    const listen = { host: '127.0.0.1', port: 0 };
    const server = await servePglite({
      db: broken,
      listen,
      connectionsMax: 8,
      onBroken: (cause) => causes.push(cause),
    });
    const client = await connected(server);
    await broken.close();
    await expect(client.query('select 1')).rejects.toThrow(/terminated/);
    expect(causes.length).toBeGreaterThan(0);
  });
});

describe('bytes that no client of Postgres says', () => {
  it('end their connection, and no other', async () => {
    const server = await serve();
    const other = await connected(server);
    const socket = connect(server.port ?? 0, '127.0.0.1');
    socket.end(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
    for await (const bytes of socket) expect(bytes).toHaveLength(0);
    expect(await noted(other)).toEqual([]);
    await other.end();
  });
});
