import type { Listed, Repeat } from '#domain/crawl-summary.ts';
import type { DeadLetter, Document } from '#domain/document.ts';
import type { PageState } from '#domain/source.ts';
import { byUrl, listed } from './listed.ts';

const REPEATS_MAX = 100;

type Known = {
  readonly letters: readonly DeadLetter[];
  readonly states: ReadonlyMap<string, PageState>;
  /** Documents of the source, and those of others that they or its pages repeat. */
  readonly documents: readonly Document[];
};

/**
 * Pages and documents of a source that repeat others, with what is kept in their place: exact twins
 * that are known or that the crawl met, and live documents that nearly repeat another one.
 */
export function duplicatesOf({ letters, states, documents }: Known): Listed<Repeat> {
  const byId = new Map(documents.map((document) => [document.id, document]));
  const urlOf = (id: string | null): string | null =>
    id === null ? null : (byId.get(id)?.url ?? null);
  const repeats = new Map<string, Repeat>();
  for (const { url, canonicalId, status } of documents) {
    if (canonicalId === null || status !== 'live') continue;
    repeats.set(url, { url, kind: 'near', kept: urlOf(canonicalId) });
  }
  const twins = [...states.values()].filter(({ outcome }) => outcome === 'duplicate');
  const met = letters.filter(({ code }) => code === 'duplicate');
  for (const { url } of [...twins, ...met]) {
    const state = states.get(url);
    if (state?.outcome === 'document') continue;
    const kept = state?.outcome === 'moved' ? state.links[0] : urlOf(state?.documentId ?? null);
    repeats.set(url, { url, kind: 'exact', kept: kept ?? null });
  }
  return listed([...repeats.values()].sort(byUrl), REPEATS_MAX);
}
