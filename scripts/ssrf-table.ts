import { NOTATIONS } from './ssrf/notations.ts';
import { isRefused, openRange, type Trial } from './ssrf/trial.ts';

/**
 * `node scripts/ssrf-table.ts [URL …]`: every way to write an address that must not be reached, as
 * it fares when it is asked for directly, behind a redirect, and behind a name that turns from a
 * public address to it (and that names both at once, of which only the public one may be reached).
 * URLs that are given are tried as well; `{port}` in them becomes a port of this machine at which
 * somebody listens. Ends with 1 when anything was not refused or got through.
 */
const COLUMNS = [56, 17, 17, 17, 8] as const;

const line = (cells: readonly string[]) =>
  process.stdout.write(`${cells.map((cell, at) => cell.padEnd(COLUMNS[at] ?? 0)).join(' ')}\n`);

const range = await openRange();
const trials: Trial[] = [];
const groups = { ...NOTATIONS, 'as asked for': process.argv.slice(2) };
for (const [group, urls] of Object.entries(groups)) {
  if (urls.length === 0) continue;
  line([`# ${group}`, 'direct', 'redirect', 'rebinding', 'both']);
  for (const url of urls) {
    const trial = await range.try(url);
    trials.push(trial);
    const { direct, redirect, rebinding, mixed, refused } = trial;
    line([
      JSON.stringify(url).slice(1, -1),
      direct,
      redirect,
      rebinding,
      mixed,
      refused ? '' : 'NOT REFUSED',
    ]);
  }
}
const count = (column: 'direct' | 'redirect' | 'rebinding' | 'mixed') => {
  const tried = trials.map((trial) => trial[column]).filter((outcome) => outcome !== '-');
  const isGood = column === 'mixed' ? (outcome: string) => outcome === 'public' : isRefused;
  return `${tried.filter(isGood).length} of ${tried.length}`;
};
const refused = trials.filter((trial) => trial.refused).length;
process.stdout.write(
  `\n${refused} of ${trials.length} refused: directly ${count('direct')}, behind a redirect ` +
    `${count('redirect')}, by rebinding ${count('rebinding')}; of names with both, only the public ` +
    `address was reached ${count('mixed')}\nconnections that got through: ${range.arrived()}\n`,
);
if (refused < trials.length || range.arrived() > 0) process.exitCode = 1;
await range.close();
