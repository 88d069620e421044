import { DATASET_KINDS, type Snapshot } from '#domain/dataset.ts';
import { AppError } from '#domain/errors.ts';
import { buildAndDescribe, publishedSnapshot, SEED_DEFAULT } from '../dataset.ts';
import type { Session } from '../session.ts';

/** A snapshot of the published epoch, and a dataset of each kind from it. */
export async function trainOn(session: Session): Promise<Snapshot> {
  const { lockstep, out } = session;
  const snapshot = await publishedSnapshot(session);
  out.line(`  ${snapshot.id}: ${snapshot.documents} documents, ${snapshot.chunks} chunks`);
  const built = await lockstep.registry.datasets.list();
  for (const kind of DATASET_KINDS) {
    const known = built.find(
      (dataset) => dataset.name === kind && dataset.snapshotId === snapshot.id,
    );
    if (known !== undefined) {
      out.line(`  ${known.id} was built from it before`);
      continue;
    }
    await buildUnlessRefused(session, kind, snapshot.id);
  }
  return snapshot;
}

/** A site too small or too uniform for a dataset can be served all the same; the gate says why. */
async function buildUnlessRefused(
  session: Session,
  kind: (typeof DATASET_KINDS)[number],
  snapshotId: string,
): Promise<void> {
  try {
    await buildAndDescribe(session, { kind, name: kind, seed: SEED_DEFAULT, snapshotId });
  } catch (thrown) {
    if (!(thrown instanceof AppError && thrown.code === 'gate_refused')) throw thrown;
    session.progress.end();
    session.out.line(`  no ${kind} dataset: ${thrown.message}`);
  }
}
