import { AppError } from '#domain/errors.ts';
import type { Source } from '#domain/source.ts';
import type { ServedSite } from '../lockstep.ts';
import {
  activeSources,
  hasSampleDocuments,
  isSample,
  isTaken,
  SAMPLE_SOURCE,
  serveSample,
} from '../sample.ts';
import type { Session } from '../session.ts';
import { sourceOf } from '../source-of.ts';

/** What `up` crawls and evaluates. */
export type UpSources = {
  readonly sources: readonly Source[];
  /** The sample site, while it is served. */
  readonly site: ServedSite | null;
  /** Whether the golden questions of the sample apply. */
  readonly sample: boolean;
};

/** The user's own site; it is registered once it has answered, so that a typo leaves no trace. */
export async function ownSource({ lockstep, signal }: Session, url: string): Promise<UpSources> {
  const { registry, fetcher, clock } = lockstep;
  const own = sourceOf({ kind: 'site', urls: [url], at: clock.now() });
  const known = (await registry.sources.list()).find(({ name }) => name === own.name);
  if (known?.urls.includes(url) === true) return { sources: [known], site: null, sample: false };
  if (known !== undefined) {
    throw new AppError(
      'already_exists',
      `source ${own.name} is registered with ${known.urls.join(', ')}; register yours under ` +
        `another name, lockstep source add ${url} --name NAME, and run lockstep up.`,
      { param: 'url' },
    );
  }
  const asked = {
    url,
    etag: null,
    lastModified: null,
    accept: 'page',
    redirects: 'follow',
  } as const;
  const outcome = await fetcher.fetch(asked, signal);
  if (outcome.kind === 'gone') {
    const message = `${url} is not there (${outcome.status}); check the address. Nothing was changed.`;
    throw new AppError('gone', message, { param: 'url' });
  }
  if (outcome.kind === 'failed') {
    const { code, retryable, redirects } = outcome;
    const message = redirects.length > 0 ? `${url} leads on: ${outcome.message}` : outcome.message;
    throw new AppError(code, `${message}. Nothing was changed.`, { retryable, param: 'url' });
  }
  return { sources: [await registry.sources.add(own)], site: null, sample: false };
}

/** All registered sources; the sample site, served, when there is none or it is among them. */
export async function registeredSources(session: Session): Promise<UpSources> {
  const before = await activeSources(session);
  if (before.length > 0 && !before.some(isSample)) {
    return { sources: before, site: null, sample: false };
  }
  try {
    const site = await serveSample(session);
    return { sources: await activeSources(session), site, sample: true };
  } catch (thrown) {
    if (!(isTaken(thrown) && (await hasSampleDocuments(session)))) throw thrown;
    const address = before.find(isSample)?.urls[0];
    session.out.line(`${SAMPLE_SOURCE} is left as it is: another program holds ${address}`);
    return { sources: before.filter((source) => !isSample(source)), site: null, sample: true };
  }
}
