import type { Document } from '#domain/document.ts';
import { epochId } from '#domain/epoch.ts';
import { AppError } from '#domain/errors.ts';
import type { FeatureView } from '#domain/feature-view.ts';
import type { Lockstep } from './lockstep.ts';

/** Whether a page's document is in a view, and if not, why. */
export type ViewPlace = {
  readonly url: string;
  readonly view: string;
  /** Revision that readers of the published epoch see; `null` for none. */
  readonly revisionId: string | null;
  readonly document: Document;
  /** The document that it nearly repeats, and that the view holds in its place. */
  readonly repeats: { readonly url: string; readonly revisionId: string | null } | null;
};

/** Rejects with `not_found` when no document was ever at the URL. */
export async function placeInView(
  { registry }: Pick<Lockstep, 'registry'>,
  view: FeatureView,
  url: string,
): Promise<ViewPlace> {
  const { documents } = registry;
  const document = await documents.findByUrl(url);
  if (document === null) {
    const message =
      `no document is at ${url}; ` + `lockstep source explain ${url} tells what is known of it.`;
    throw new AppError('not_found', message, { param: '--url' });
  }
  const { canonicalId } = document;
  const canonical = canonicalId === null ? null : await documents.get(canonicalId);
  return {
    url,
    view: view.id,
    revisionId: await heldRevision(registry, view, document),
    document,
    repeats: canonical && {
      url: canonical.url,
      revisionId: await heldRevision(registry, view, canonical),
    },
  };
}

async function heldRevision(
  { views }: Lockstep['registry'],
  { id, publishedEpoch }: FeatureView,
  { id: documentId, sourceName }: Document,
): Promise<string | null> {
  if (publishedEpoch === 0) return null;
  const held = await views.revisionsAt(id, publishedEpoch, { sourceName });
  return held.find((revision) => revision.documentId === documentId)?.id ?? null;
}

/** The same in words. */
export function describePlace(view: FeatureView, place: ViewPlace): readonly string[] {
  const { url, revisionId, repeats, document } = place;
  const epoch = view.publishedEpoch === 0 ? view.id : epochId(view.id, view.publishedEpoch);
  if (revisionId !== null) {
    const isCurrent = document.revisionId === revisionId && isWanted(document);
    const leaves = isWanted(document) ? 'is replaced' : 'leaves';
    return [
      `${url} is in ${epoch}: revision ${revisionId}`,
      ...(isCurrent ? [] : [`  it ${leaves} with the next epoch; lockstep crawl publishes it`]),
      ...repeatLines(epoch, repeats),
    ];
  }
  const why =
    document.status === 'closed'
      ? `it was closed at ${document.closedAt}`
      : repeats === null
        ? 'it is not published yet; lockstep crawl does'
        : 'another document stands for it';
  return [`${url} is not in ${epoch}: ${why}`, ...repeatLines(epoch, repeats)];
}

const isWanted = ({ status, canonicalId }: Document): boolean =>
  status === 'live' && canonicalId === null;

function repeatLines(epoch: string, repeats: ViewPlace['repeats']): readonly string[] {
  if (repeats === null) return [];
  const { url, revisionId } = repeats;
  const held = revisionId === null ? `not in ${epoch} yet` : `revision ${revisionId} in ${epoch}`;
  return [`  it nearly repeats ${url} (${held})`];
}
