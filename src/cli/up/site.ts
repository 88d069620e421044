import { AppError } from '#domain/errors.ts';
import type { Source } from '#domain/source.ts';
import { SAMPLE_SOURCE } from '../evaluate.ts';
import type { ServedSite } from '../lockstep.ts';
import type { Session } from '../session.ts';
import { sourceOf } from '../source.ts';

/** The one address that crawling the sample site needs. */
export const LOOPBACK_NETWORK = '127.0.0.1/32';

/** Where the sample site is served at first; its documents are known by this address from then on. */
const SAMPLE_PORT = 8788;

/**
 * Serves the sample site under the address that its source was registered with; the first time on
 * the usual port, or on a free one when that is taken. `null` when sources of one's own are there
 * and the sample is not among them.
 */
export async function serveSample({ lockstep, cli }: Session): Promise<ServedSite | null> {
  const { registry, settings } = lockstep;
  const sources = await registry.sources.list();
  const known = sources.find(({ name }) => name === SAMPLE_SOURCE);
  if (known === undefined && sources.length > 0) return null;
  if (known !== undefined) {
    const retired = (await registry.documents.list(SAMPLE_SOURCE)).every(
      ({ status }) => status === 'closed',
    );
    if (retired && sources.length > 1) return null;
    const port = Number(new URL(known.urls[0] ?? '').port);
    return cli.serveSite(`${settings.sampleFolder}/site`, port);
  }
  try {
    return await cli.serveSite(`${settings.sampleFolder}/site`, SAMPLE_PORT);
  } catch (thrown) {
    if (!(thrown instanceof AppError && thrown.code === 'port_in_use')) throw thrown;
    return cli.serveSite(`${settings.sampleFolder}/site`, 0);
  }
}

/** Registers the user's site, or the sample, and names the sources to crawl. */
export async function chooseSources(
  session: Session,
  url: string | null,
  site: ServedSite | null,
): Promise<readonly Source[]> {
  const { registry, clock } = session.lockstep;
  const at = clock.now();
  if (url !== null) {
    const own = await registry.sources.add(sourceOf({ kind: 'site', urls: [url], at }));
    await retireSample(session);
    return [own];
  }
  if (site !== null) {
    const urls = [`${site.origin}/`];
    await registry.sources.add(sourceOf({ kind: 'site', name: SAMPLE_SOURCE, urls, at }));
  }
  const sources = await registry.sources.list();
  return site === null ? sources.filter(({ name }) => name !== SAMPLE_SOURCE) : sources;
}

/** The sample makes way for a site of one's own, so that no answer comes from it. */
async function retireSample({ lockstep, out }: Session): Promise<void> {
  const { documents } = lockstep.registry;
  const live = (await documents.list(SAMPLE_SOURCE)).filter(({ status }) => status === 'live');
  if (live.length === 0) return;
  for (const { id } of live) await documents.close(id, lockstep.clock.now());
  out.line(`  the ${live.length} documents of the sample site make way for yours`);
}
