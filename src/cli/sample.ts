import { AppError } from '#domain/errors.ts';
import type { Source } from '#domain/source.ts';
import type { ServedSite } from './lockstep.ts';
import type { Session } from './session.ts';
import { sourceOf } from './source-of.ts';

export const SAMPLE_SOURCE = 'sample';

/** Where the sample site is served at first; its documents are known by this address from then on. */
const SAMPLE_PORT = 8788;

/**
 * Serves the sample site under the address that its source was registered with; the first time on
 * the usual port, or on a free one when that is taken, and registers it. Rejects with `port_in_use`.
 */
export async function serveSample({ lockstep, cli }: Session): Promise<ServedSite> {
  const { registry, settings, clock } = lockstep;
  const folder = `${settings.sampleFolder}/site`;
  const known = (await registry.sources.list()).find(isSample);
  if (known !== undefined) {
    const port = Number(new URL(known.urls[0] ?? '').port);
    return cli.serveSite(folder, port).catch((thrown: unknown) => {
      throw isTaken(thrown) ? sampleAway(port, thrown) : thrown;
    });
  }
  const site = await cli.serveSite(folder, SAMPLE_PORT).catch((thrown: unknown) => {
    if (isTaken(thrown)) return cli.serveSite(folder, 0);
    throw thrown;
  });
  const urls = [`${site.origin}/`];
  const source = sourceOf({ kind: 'site', name: SAMPLE_SOURCE, urls, at: clock.now() });
  await registry.sources.add(source);
  return site;
}

export const isSample = ({ name }: Pick<Source, 'name'>): boolean => name === SAMPLE_SOURCE;

export const isTaken = (thrown: unknown): boolean =>
  thrown instanceof AppError && thrown.code === 'port_in_use';

const sampleAway = (port: number, cause: unknown): AppError =>
  new AppError(
    'port_in_use',
    `port ${port} is in use, and the sample site's pages are known by it; end the program that ` +
      'holds it, or begin anew in another folder with --data.',
    { param: 'port', cause },
  );

/** Whether documents of the sample are still answered from. */
export const hasSampleDocuments = async ({ lockstep }: Session): Promise<boolean> =>
  (await lockstep.registry.documents.list(SAMPLE_SOURCE)).some(({ status }) => status === 'live');

/** The sources that are in use: all but a sample that made way for sites of one's own. */
export async function activeSources(session: Session): Promise<readonly Source[]> {
  const sources = await session.lockstep.registry.sources.list();
  if (sources.length < 2 || (await hasSampleDocuments(session))) return sources;
  return sources.filter((source) => !isSample(source));
}

/** The sample makes way for a site of one's own, so that no answer comes from it. */
export async function retireSample({ lockstep, out }: Session): Promise<boolean> {
  const { documents } = lockstep.registry;
  const live = (await documents.list(SAMPLE_SOURCE)).filter(({ status }) => status === 'live');
  if (live.length === 0) return false;
  for (const { id } of live) await documents.close(id, lockstep.clock.now());
  out.line(`  the ${live.length} documents of the sample site make way for yours`);
  return true;
}
