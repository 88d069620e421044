import type { FeatureView } from '#domain/feature-view.ts';
import { canonicalJson, type Json } from '#domain/hash.ts';
import type { HeldDocument, ViewRegistry } from '#ports/view-registry.ts';

export type ViewAt = { readonly view: FeatureView; readonly epoch: number };

export type ViewDiff = {
  /** Parts of the specs that differ, by their path. */
  readonly spec: readonly { readonly path: string; readonly left: Json; readonly right: Json }[];
  readonly documents: {
    readonly left: number;
    readonly right: number;
    readonly same: number;
    /** Only in the right one. */
    readonly added: readonly string[];
    /** Only in the left one. */
    readonly removed: readonly string[];
    /** With another revision. */
    readonly changed: readonly string[];
  };
  readonly chunks: { readonly left: number; readonly right: number };
};

/** What two epochs, of one view or of two, hold and are built by. URLs are in order. */
export async function diffViews(
  views: Pick<ViewRegistry, 'documentsAt'>,
  left: ViewAt,
  right: ViewAt,
): Promise<ViewDiff> {
  const before = await views.documentsAt(left.view.id, left.epoch);
  const after = await views.documentsAt(right.view.id, right.epoch);
  const known = new Map(before.map((held) => [held.documentId, held]));
  const added: string[] = [];
  const changed: string[] = [];
  for (const { documentId, revisionId, url } of after) {
    const other = known.get(documentId);
    known.delete(documentId);
    if (other === undefined) added.push(url);
    else if (other.revisionId !== revisionId) changed.push(url);
  }
  const removed = [...known.values()].map(({ url }) => url);
  return {
    spec: differences(left.view.spec, right.view.spec),
    documents: {
      left: before.length,
      right: after.length,
      same: after.length - added.length - changed.length,
      added,
      removed,
      changed,
    },
    chunks: { left: chunksOf(before), right: chunksOf(after) },
  };
}

const chunksOf = (held: readonly HeldDocument[]): number =>
  held.reduce((sum, { chunks }) => sum + chunks, 0);

function differences(left: Json | undefined, right: Json | undefined, path = ''): ViewDiff['spec'] {
  if (isMembers(left) && isMembers(right)) {
    const names = [...new Set([...Object.keys(left), ...Object.keys(right)])].sort();
    return names.flatMap((name) =>
      differences(left[name], right[name], path === '' ? name : `${path}.${name}`),
    );
  }
  if (canonicalJson(left ?? null) === canonicalJson(right ?? null)) return [];
  return [{ path, left: left ?? null, right: right ?? null }];
}

const isMembers = (
  value: Json | undefined,
): value is { readonly [key: string]: Json | undefined } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
