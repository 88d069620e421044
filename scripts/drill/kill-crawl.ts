import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type StaticSite, serveStaticSite } from '#adapters/static-site/static-site-server.ts';
import { createRandom } from '../random.ts';
import { databasePid, ended, kill9, lockstep, mustRun, say } from './processes.ts';
import { visibleChunks } from './visible-chunks.ts';

/**
 * `node scripts/drill/kill-crawl.ts --site FOLDER [--kills 20] [--port 8798] [--seed 1]`
 *
 * Crawls a site undisturbed and counts what was asked for. Then, in other data folders, kills -9 the
 * crawl at random moments, told by how many requests it has made, and starts it again until a crawl
 * has come to its end; as many such crawls as it takes for all the kills. What readers see must be
 * the same each time, and no page asked for more than once more than in the undisturbed crawl. Ends
 * with 1 when it is not so.
 */
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    site: { type: 'string', default: 'datasets/sample/site' },
    port: { type: 'string', default: '8798' },
    seed: { type: 'string', default: '1' },
  },
});

const LOOK_MS = 2;
const folders: string[] = [];

async function createFolder(site: StaticSite): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-drill-'));
  folders.push(folder);
  await mustRun(folder, 'source', 'add', `${site.origin}/`, '--name', 'site');
  return folder;
}

function countsSince(site: StaticSite, at: number): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { path } of site.requests().slice(at)) counts.set(path, (counts.get(path) ?? 0) + 1);
  // Asked for once by every process that takes part in a crawl.
  counts.delete('/robots.txt');
  return counts;
}

/** Kills crawls until one has come to its end; gives how many were killed. */
async function disturb(
  site: StaticSite,
  folder: string,
  options: { readonly killsMax: number; readonly moment: () => number },
): Promise<number> {
  let kills = 0;
  for (;;) {
    const from = site.requests().length;
    const child = lockstep(folder, 'crawl');
    let isOver = false;
    const end = ended(child).then((result) => {
      isOver = true;
      return result;
    });
    const until = from + options.moment();
    const mayKill = kills < options.killsMax;
    while (!isOver && mayKill && site.requests().length < until) await sleep(LOOK_MS);
    if (!isOver && mayKill && kill9(child.pid)) kills += 1;
    const { code, complaint } = await end;
    if (code === 0) return kills;
    if (code !== null) throw new Error(`lockstep crawl: ${complaint}`);
  }
}

const site = await serveStaticSite({ folder: values.site, port: Number(values.port) });
try {
  const killsMax = Number(values.kills);
  const random = createRandom(Number(values.seed));
  const calm = await createFolder(site);
  await mustRun(calm, 'crawl');
  const needed = countsSince(site, 0);
  const total = [...needed.values()].reduce((sum, count) => sum + count, 0);
  const expected = await visibleChunks(calm);
  say(`undisturbed: ${total} requests, ${expected.documents} documents`);
  const moment = () => 1 + Math.floor((random() * 2 * total) / killsMax);
  let [killed, crawls, again, mostAgain, different] = [0, 0, 0, 0, 0];
  while (killed < killsMax) {
    const from = site.requests().length;
    const folder = await createFolder(site);
    killed += await disturb(site, folder, { killsMax: killsMax - killed, moment });
    crawls += 1;
    for (const [path, count] of countsSince(site, from)) {
      const more = count - (needed.get(path) ?? 0);
      again += Math.max(0, more);
      mostAgain = Math.max(mostAgain, more);
    }
    const actual = await visibleChunks(folder);
    const isSame = actual.lines.join('\n') === expected.lines.join('\n');
    if (!isSame) different += 1;
    say(
      `  crawl ${crawls}: ${actual.documents} documents, ${isSame ? 'the same' : 'NOT the same'}`,
    );
  }
  say(`${killed} kills in ${crawls} crawls: ${different} ended otherwise than undisturbed`);
  say(`asked for again: ${again} requests in all, at most ${mostAgain} more of one page`);
  process.exitCode = different === 0 && mostAgain <= 1 ? 0 : 1;
} finally {
  await site.close();
  for (const folder of folders) {
    kill9(databasePid(folder));
    rmSync(folder, { recursive: true, force: true });
  }
}
