import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { embeddedClient, reachDatabase } from '#adapters/embedded-postgres/embedded-database.ts';
import { tryLock } from '#adapters/embedded-postgres/folder-lock.ts';
import { openPglite } from '#adapters/embedded-postgres/open-pglite.ts';

/**
 * A command as its own process: `node command.ts reach|transaction|lock|open FOLDER`. The first three say one
 * line when they are there; all but the first then stay until they are killed.
 */
const [does = '', folder = ''] = process.argv.slice(2);
const options = { folder, idleMs: 60_000, startMsMax: 30_000 };
const say = (line: string) => void process.stdout.write(`${line}\n`);
const stay = () => sleep(600_000);

if (does === 'reach') say(String((await reachDatabase(options)).pid));
if (does === 'transaction') {
  const Client = embeddedClient(options);
  const client = new Client({ user: 'postgres', database: 'postgres' });
  await client.connect();
  await client.query('begin');
  await client.query(`insert into written values (-1)`);
  say('open');
  await stay();
}
if (does === 'lock') {
  say(tryLock(folder) === null ? 'refused' : 'held');
  await stay();
}
if (does === 'open') {
  await openPglite(join(folder, 'postgres'));
  await stay();
}
