import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RegistryBed } from '../contracts/registry/bed.ts';
import { refusal } from '../contracts/registry/bed.ts';
import { at, commitOf } from '../contracts/registry/make.ts';
import { createWriter, HOLDER, nextOf, VIEW, type Writer } from '../contracts/registry/writer.ts';
import { type RealPostgres, startRealPostgres } from '../fakes/real-postgres.ts';
import { openBed } from './bed.ts';

/** Two transactions that overlap, the first one held open by hand: only many sessions can do that. */
describe('beside a transaction that is not committed yet', () => {
  let server: RealPostgres;
  let bed: RegistryBed;
  let other: pg.Client;
  let writer: Writer;
  beforeAll(async () => {
    server = await startRealPostgres();
    bed = await openBed(server);
  }, 60_000);
  afterAll(() => bed.close());
  beforeEach(async () => {
    await bed.reset();
    writer = createWriter(bed.registry);
    await writer.prepare();
    await writer.record('a', 'one');
    other = new pg.Client(server.connection);
    await other.connect();
    await other.query('begin');
  });
  afterEach(() => other.end());

  /** Waits until some statement stands behind a lock, so that the two do overlap. */
  const somebodyWaits = async () => {
    const { rows } = await other.query(
      `select count(*)::int as waiting from pg_stat_activity where wait_event_type = 'Lock'`,
    );
    if (rows[0].waiting === 0) await somebodyWaits();
  };

  it('publishing waits for a lease that is being taken over, and then refuses', async () => {
    await writer.commitAll();
    await writer.confirmAll();
    const lease = { name: `view:${VIEW}`, holder: HOLDER, now: at(0), expiresAt: at(10) };
    await bed.registry.leases.acquire(lease);
    await other.query(`update leases set holder = 'ben', expires_at = $1`, [at(20)]);
    const published = bed.registry.views.publish({
      viewId: VIEW,
      epoch: 1,
      holder: HOLDER,
      at: at(9),
    });
    const refused = refusal(published, 'lease_held');
    await somebodyWaits();
    await other.query('commit');
    await refused;
    expect((await bed.registry.views.get(VIEW)).publishedEpoch).toBe(0);
  });

  it('a commit waits for its epoch to be published, and then refuses', async () => {
    const { number } = await writer.open();
    const next = await nextOf(bed.registry.views, VIEW);
    await other.query(`update epochs set status = 'published'`);
    await other.query(`update views set published_epoch = 1`);
    const refused = refusal(bed.registry.views.commit(commitOf(VIEW, number, next)), 'lease_held');
    await somebodyWaits();
    await other.query('commit');
    await refused;
    expect(await writer.membersAt(number)).toMatchObject({ documents: 0, chunks: 0 });
  });

  it('a commit waits for no other document of its epoch', async () => {
    await writer.record('b', 'two');
    const { number } = await writer.open();
    const { views } = bed.registry;
    const all = await views.pending(VIEW, await views.unfinished(VIEW, 10));
    const [held, free] = all.map((pending) => commitOf(VIEW, number, pending));
    if (held === undefined || free === undefined) throw new Error('two documents are pending');
    // As far as a worker's own commit has come that has not ended yet.
    await other.query(
      `select from epochs where view_id = $1 and number = $2 and status = 'open' for share`,
      [VIEW, number],
    );
    await other.query('select from documents where id = $1 for update', [held.documentId]);
    expect(await views.commit(free)).toMatchObject({ added: 1 });
    const same = views.commit(held);
    await somebodyWaits();
    await other.query('commit');
    expect(await same).toMatchObject({ added: 1 });
    expect(await writer.membersAt(number)).toMatchObject({ documents: 2, chunks: 2 });
  });

  it('publishing waits for a commit that has not ended, and publishes it whole', async () => {
    await writer.commitAll();
    await writer.confirmAll();
    const { number } = await writer.open();
    await other.query(`select from epochs where number = $1 for share`, [number]);
    const published = writer.publish();
    await somebodyWaits();
    await other.query('commit');
    expect(await published).toMatchObject({ number, documents: 1, chunks: 1 });
  });

  it('opening an epoch waits for the one that is being published, and opens the next', async () => {
    const { number } = await writer.open();
    await other.query(`update views set published_epoch = $1`, [number]);
    await other.query(`update epochs set status = 'published'`);
    const opened = writer.open();
    await somebodyWaits();
    await other.query('commit');
    expect((await opened).number).toBe(number + 1);
  });
});
