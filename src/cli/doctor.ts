import type { Command } from 'commander';
import { epochId } from '#domain/epoch.ts';
import { AppError, toAppError } from '#domain/errors.ts';
import { checkServing } from '#inference/check-serving.ts';
import { withExamples } from './examples.ts';
import type { Cli, DatabaseDescription, Lockstep } from './lockstep.ts';
import { globalsOf, outputOf } from './session.ts';

type Check = {
  readonly name: string;
  readonly state: 'ok' | 'failed';
  readonly detail: string;
};

const MARKS = { ok: '✓', failed: '✗' } as const;

export function addDoctorCommand(program: Command, cli: Cli): void {
  const doctor = program
    .command('doctor')
    .description('check the database, the index, the embedder, the channels and the leases');
  withExamples(doctor, ['doctor', 'doctor --json']).action(async (_options, command: Command) => {
    const out = outputOf(cli, command);
    const checks = await inspect(cli, globalsOf(command).data ?? null);
    out.table(
      ['', 'check', 'what was found'],
      checks.map(({ state, name, detail }) => [MARKS[state], name, detail]),
    );
    out.result(checks);
    const failed = checks.filter(({ state }) => state === 'failed').map(({ name }) => name);
    if (failed.length === 0) return;
    throw new AppError('internal', `failed: ${failed.join(', ')}; the table above says why.`);
  });
}

async function inspect(cli: Cli, dataFolder: string | null): Promise<readonly Check[]> {
  const before = await attempt('database', async () =>
    describe(await cli.describeDatabase(dataFolder)),
  );
  try {
    const lockstep = await cli.open(dataFolder);
    try {
      const after = describe(await cli.describeDatabase(dataFolder));
      const registry = {
        name: 'registry',
        state: 'ok',
        detail: 'reached, schema up to date',
      } as const;
      return [
        { name: 'database', state: 'ok', detail: after },
        registry,
        ...(await parts(lockstep, cli.signal)),
      ];
    } finally {
      await lockstep.close();
    }
  } catch (thrown) {
    const { code, message } = toAppError(thrown);
    const name = code === 'invalid_config' ? 'settings' : 'registry';
    return [before, { name, state: 'failed', detail: `${code}: ${message}` }];
  }
}

const describe = ({ kind, place, running }: DatabaseDescription): string => {
  if (kind === 'server') return `server ${place}`;
  return running === null
    ? `embedded in ${place}, not running`
    : `embedded in ${place}, process ${running.pid} at ${running.address} since ${running.startedAt}`;
};

async function parts(lockstep: Lockstep, signal: AbortSignal): Promise<readonly Check[]> {
  const { registry, embedders, index } = lockstep;
  const checks: Check[] = [
    await attempt('embedder', async () => {
      const { spec } = (await embedders.named(null, signal)).embedder;
      return `${spec.provider}:${spec.model}, ${spec.dimension} dimensions`;
    }),
  ];
  checks.push(
    await attempt('index', async () => {
      await index.check(signal);
      return 'reached, and new enough';
    }),
  );
  for (const view of await registry.views.list()) {
    if (view.droppedAt !== null) continue;
    const check = async () => {
      await embedders.of(view, signal);
      if (view.publishedEpoch === 0) return `${view.id} has no epoch yet`;
      const { chunks } = await registry.views.membership(view.id, view.publishedEpoch, {});
      const indexed = await index.count(view, view.publishedEpoch, signal);
      const at = epochId(view.id, view.publishedEpoch);
      if (indexed === chunks) return `${at}: ${chunks} chunks, registry and index agree`;
      const message = `${at}: the registry has ${chunks} chunks, the index ${indexed}`;
      throw new AppError('index_mismatch', message);
    };
    checks.push(await attempt(`view ${view.id}`, check));
  }
  checks.push(await attempt('channels', () => channels(lockstep, signal)));
  checks.push(await leases(lockstep));
  return checks;
}

async function channels(lockstep: Lockstep, signal: AbortSignal): Promise<string> {
  const served = await checkServing({ ...lockstep, ...lockstep.registry }, signal);
  if (served.length === 0) return 'none promoted yet';
  return served
    .map(
      ({ channel, pairingId, viewId, epoch }) =>
        `${channel} → ${pairingId} at ${epochId(viewId, epoch)}`,
    )
    .join('; ');
}

async function leases({ registry, clock }: Lockstep): Promise<Check> {
  const held = await registry.leases.list();
  const detail = held.map(({ name, holder, expiresAt }) =>
    expiresAt > clock.now()
      ? `${name} is written by ${holder}`
      : `${name} was left by ${holder}, which ended; the next run takes it over`,
  );
  return { name: 'leases', state: 'ok', detail: detail.join('; ') || 'none held' };
}

async function attempt(name: string, check: () => Promise<string>): Promise<Check> {
  try {
    return { name, state: 'ok', detail: await check() };
  } catch (thrown) {
    const { code, message } = toAppError(thrown);
    return { name, state: 'failed', detail: `${code}: ${message}` };
  }
}
