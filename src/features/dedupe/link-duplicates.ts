import type { FeatureDeps } from '../deps.ts';
import { findNearDuplicates } from './near-duplicates.ts';

/** Signatures that one query gives. */
const BATCH_MAX = 5_000;

/**
 * Links every live document that nearly repeats another one, of whatever source, to the one that
 * views hold in its place, and frees those that repeat none any more. A function of the documents
 * that live, so that it may run as often as it likes. Gives how many links were set or cleared.
 */
export async function linkDuplicates(
  { registry }: { readonly registry: Pick<FeatureDeps['registry'], 'documents'> },
  signal: AbortSignal,
): Promise<{ readonly linked: number; readonly freed: number }> {
  const before = new Map<string, string | null>();
  const signed = [];
  for (let after: string | null = null; ; ) {
    signal.throwIfAborted();
    const batch = await registry.documents.signatures(after, BATCH_MAX);
    for (const { id, url, canonicalId, signature } of batch) {
      before.set(id, canonicalId);
      if (signature !== null) signed.push({ id, url, signature });
    }
    const last = batch.at(-1);
    if (last === undefined || batch.length < BATCH_MAX) break;
    after = last.id;
  }
  const canonicals = new Map(
    findNearDuplicates(signed).map(({ id, canonicalId }) => [id, canonicalId]),
  );
  const links = [...before].flatMap(([id, was]) => {
    const canonicalId = canonicals.get(id) ?? null;
    return canonicalId === was ? [] : [{ id, canonicalId }];
  });
  if (links.length > 0) await registry.documents.link(links);
  const linked = links.filter(({ canonicalId }) => canonicalId !== null).length;
  return { linked, freed: links.length - linked };
}
