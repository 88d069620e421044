import type { Command } from 'commander';
import { epochId } from '#domain/epoch.ts';
import { AppError } from '#domain/errors.ts';
import { parseVersionedId } from '#domain/feature-view.ts';
import { withExamples } from './examples.ts';
import type { Cli } from './lockstep.ts';
import { wholeNumber } from './parse.ts';
import { withSession } from './session.ts';

/** Epochs that vacuum leaves readable, unless it is told otherwise. */
export const KEEP_DEFAULT = 10;

type VacuumOptions = { readonly keep: number; readonly dryRun: boolean };

export function addViewVacuum(view: Command, cli: Cli): void {
  const vacuum = view
    .command('vacuum [view...]')
    .description('remove what no epoch that is needed can see; all views by default')
    .option('--keep <n>', 'epochs that stay readable', wholeNumber(2, 1e6), KEEP_DEFAULT)
    .option('--dry-run', 'say what would go, and leave it', false);
  withExamples(vacuum, ['view vacuum', 'view vacuum posts@v1 --keep 2 --dry-run']).action(
    (ids: string[], { keep, dryRun }: VacuumOptions, command) =>
      withSession(cli, command, async ({ lockstep, out, progress, signal }) => {
        const { views } = lockstep.registry;
        const chosen =
          ids.length > 0
            ? await Promise.all([...new Set(ids)].map((id) => views.get(id)))
            : (await views.list()).filter(({ droppedAt }) => droppedAt === null);
        const { vacuum: vacuumView } = await import('#features/view/vacuum.ts');
        const reports = [];
        for (const of of chosen) {
          const request = { view: of, keep, dryRun };
          const report = await vacuumView(lockstep, request, progress.onProgress, signal);
          progress.end();
          reports.push(report);
          const { viewId, removed, firstEpoch, keptBy } = report;
          const kept = keptBy.length === 0 ? '' : `, kept for ${keptBy.join(', ')}`;
          out.line(
            `  ${viewId}: ${removed} points ${dryRun ? 'would go' : 'removed'}; the oldest epoch ` +
              `that can be asked is ${epochId(viewId, firstEpoch)}${kept}`,
          );
        }
        out.result(reports);
      }),
  );
}

export function addViewDrop(view: Command, cli: Cli): void {
  const drop = view
    .command('drop <view>')
    .description('remove a version that nothing needs; its name is given to no other')
    .option('--forgo-rollback', 'also when a rollback would go back to it', false);
  withExamples(drop, ['view drop posts@v1', 'view drop posts@v1 --forgo-rollback']).action(
    (id: string, { forgoRollback }: { forgoRollback: boolean }, command) =>
      withSession(cli, command, async ({ lockstep, out, signal }) => {
        const found = await lockstep.registry.views.get(requireVersion(id));
        const { drop: dropView } = await import('#features/view/drop.ts');
        await dropView(lockstep, { view: found, forgoRollback }, signal);
        out.line(`${found.id} is dropped`);
        out.result({ view: found.id });
      }),
  );
}

/** What is removed is named in full, not by what happens to be the newest. Throws `invalid_input`. */
function requireVersion(id: string): string {
  if (parseVersionedId(id).version !== null) return id;
  throw new AppError('invalid_input', `"${id}" names no version; write it like ${id}@v1.`, {
    param: 'view',
  });
}
