import type { Command } from 'commander';
import { epochId } from '#domain/epoch.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import type { Verification } from '#features/view/verify.ts';
import { withExamples } from './examples.ts';
import type { Cli } from './lockstep.ts';
import type { Output } from './output.ts';
import { type Session, withSession } from './session.ts';

export function addViewVerify(view: Command, cli: Cli): void {
  const verify = view
    .command('verify [view...]')
    .description(
      'compare the index with the registry: embedder, every point, counts, sampled vectors and ' +
        'recall; all views by default',
    )
    .option('--repair', 'mend what the index lost or gained', false);
  withExamples(verify, ['view verify', 'view verify posts@v2 --repair']).action(
    (ids: string[], { repair }: { repair: boolean }, command) =>
      withSession(cli, command, async (session) => {
        const views = await viewsOf(session, ids);
        session.out.result(await verifyViews(session, views, repair));
      }),
  );
}

async function viewsOf({ lockstep }: Session, ids: readonly string[]) {
  const { views } = lockstep.registry;
  if (ids.length > 0) return Promise.all([...new Set(ids)].map((id) => views.get(id)));
  return (await views.list()).filter(({ droppedAt }) => droppedAt === null);
}

/** Rejects with what was found wanting, once all have been looked at. */
export async function verifyViews(
  { lockstep, out, progress, signal }: Session,
  views: readonly FeatureView[],
  repair: boolean,
): Promise<readonly Verification[]> {
  const { verify } = await import('#features/view/verify.ts');
  const { requirePassed } = await import('#features/view/make-ready.ts');
  const verifications: Verification[] = [];
  for (const view of views) {
    const request = { view, repair };
    const found = await verify(lockstep, request, progress.onProgress, signal);
    progress.end();
    verifications.push(found);
    out.line(found.epoch === 0 ? view.id : epochId(view.id, found.epoch));
    describeChecks(out, found);
    if (found.passed && view.readyAt === null && found.epoch > 0) {
      await lockstep.registry.views.markReady(view.id, lockstep.clock.now());
      out.line('  it is ready for pairings');
    }
  }
  for (const found of verifications) requirePassed(found);
  return verifications;
}

export function describeChecks(out: Output, { checks, repaired }: Verification): void {
  if (repaired !== null) {
    const { rewritten, removed, epoch } = repaired;
    out.line(`  repaired: ${rewritten} points written again, ${removed} removed`);
    if (epoch !== null)
      out.line(`  and what was recorded meanwhile is published as epoch ${epoch}`);
  }
  for (const { name, passed, detail } of checks) {
    out.line(`  ${passed ? '✓' : '✗'} ${name.padEnd(8)}  ${detail}`);
  }
}
