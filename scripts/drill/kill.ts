import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { serveStaticSite } from '#adapters/static-site/static-site-server.ts';
import { createRandom } from '../random.ts';
import { databasePid, ended, kill9, lockstep, mustRun, say } from './processes.ts';
import { visibleChunks } from './visible-chunks.ts';

/**
 * `node scripts/drill/kill.ts [--kills 20] [--site FOLDER] [--port 8799] [--seed 1]`
 *
 * Crawls a site undisturbed, then again in another data folder while killing -9, at random moments,
 * the crawl (odd kills) and the database process (even kills). Then one crawl in peace: what readers
 * see must be the same, nothing lost, nothing twice. Ends with 1 when it is not.
 */
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    site: { type: 'string', default: 'datasets/sample/site' },
    port: { type: 'string', default: '8799' },
    seed: { type: 'string', default: '1' },
  },
});

/** The longest that a crawl is left alone before its kill. */
const LIFE_MS_MAX = 4_000;

async function disturb(folder: string, kills: number, random: () => number) {
  const done = { crawl: 0, database: 0, tooLate: 0 };
  for (let kill = 1; kill <= kills; kill += 1) {
    const child = lockstep(folder, 'crawl');
    const end = ended(child);
    const left = await Promise.race([
      end.then(() => true),
      sleep(random() * LIFE_MS_MAX).then(() => false),
    ]);
    const target = kill % 2 === 1 ? 'crawl' : 'database';
    const pid = target === 'crawl' ? child.pid : databasePid(folder);
    if (!left && kill9(pid)) done[target] += 1;
    else done.tooLate += 1;
    await end;
  }
  return done;
}

const site = await serveStaticSite({ folder: values.site, port: Number(values.port) });
const folders = [1, 2].map(() => mkdtempSync(join(tmpdir(), 'lockstep-drill-')));
const [calm = '', stormy = ''] = folders;
try {
  for (const folder of folders) {
    await mustRun(folder, 'source', 'add', `${site.origin}/`, '--name', 'site');
  }
  await mustRun(calm, 'crawl');
  const expected = await visibleChunks(calm);
  say(`undisturbed: ${expected.documents} documents, ${expected.lines.length} chunks`);
  const kills = await disturb(stormy, Number(values.kills), createRandom(Number(values.seed)));
  await mustRun(stormy, 'crawl');
  const actual = await visibleChunks(stormy);
  const expectedSet = new Set(expected.lines);
  const actualSet = new Set(actual.lines);
  const lost = expected.lines.filter((line) => !actualSet.has(line));
  const foreign = actual.lines.filter((line) => !expectedSet.has(line));
  const twice = actual.lines.length - actualSet.size;
  say(
    `killed: ${kills.crawl} crawls, ${kills.database} database processes ` +
      `(${kills.tooLate} had ended before)`,
  );
  say(`after: ${actual.documents} documents, ${actual.lines.length} chunks, epoch ${actual.epoch}`);
  say(`lost ${lost.length}, foreign ${foreign.length}, twice ${twice}`);
  for (const line of [...lost, ...foreign].slice(0, 10)) say(`  ${line}`);
  const same = lost.length + foreign.length + twice === 0;
  say(same ? `${kills.crawl + kills.database} kills survived` : 'NOT the same');
  process.exitCode = same ? 0 : 1;
} finally {
  await site.close();
  for (const folder of folders) {
    kill9(databasePid(folder));
    rmSync(folder, { recursive: true, force: true });
  }
}
