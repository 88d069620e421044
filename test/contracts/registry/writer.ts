import type { ChunkMember } from '#domain/chunk.ts';
import type { PostMetadata } from '#domain/document.ts';
import type { Epoch } from '#domain/epoch.ts';
import type { Registry } from '#ports/registry.ts';
import type { PendingDocument, ViewRegistry } from '#ports/view-registry.ts';
import { at, commitOf, documentOf, page, post, urlOf, uuid, viewRequest } from './make.ts';

export const VIEW = 'posts@v1';
export const HOLDER = 'anna';

const DOCUMENTS_MAX = 1_000;

/** Documents to commit, by id. */
export const pendingOf = async (
  views: ViewRegistry,
  viewId: string,
  limit = DOCUMENTS_MAX,
): Promise<readonly PendingDocument[]> =>
  (await views.pending(viewId, await views.unfinished(viewId, DOCUMENTS_MAX))).slice(0, limit);

/** Members that the index has not confirmed, whichever document they are of. */
export const unsyncedOf = async (
  views: ViewRegistry,
  viewId: string,
  limit = 100,
): Promise<readonly ChunkMember[]> =>
  views.unsynced(viewId, await views.unfinished(viewId, DOCUMENTS_MAX), limit);

/** The first document to commit. */
export async function nextOf(views: ViewRegistry, viewId: string): Promise<PendingDocument> {
  const [next] = await pendingOf(views, viewId, 1);
  if (next === undefined) throw new Error('nothing is pending');
  return next;
}

/** One feature run's steps over a registry, so that cases can stop between any two. */
export function createWriter(registry: Registry) {
  const { documents, views, leases } = registry;
  const open = () => views.openEpoch(VIEW, uuid('run'), at(1));

  const commitAll = async (): Promise<number> => {
    const { number } = await open();
    let count = 0;
    for (;;) {
      const pending = await pendingOf(views, VIEW, 2);
      if (pending.length === 0) return count;
      for (const entry of pending) await views.commit(commitOf(VIEW, number, entry));
      count += pending.length;
    }
  };

  const confirmAll = async () => {
    for (;;) {
      const members = await unsyncedOf(views, VIEW, 3);
      if (members.length === 0) return;
      await views.confirm(VIEW, members);
    }
  };

  const publish = async (): Promise<Epoch> => {
    const { number } = await open();
    await leases.acquire({ name: `view:${VIEW}`, holder: HOLDER, now: at(0), expiresAt: at(100) });
    return views.publish({ viewId: VIEW, epoch: number, holder: HOLDER, at: at(2) });
  };

  return {
    prepare: () => views.ensure(viewRequest()),
    record: (path: string, markdown: string, metadata: Partial<PostMetadata> = {}) =>
      documents.record(post(path, markdown, metadata), page(urlOf(path)), at(1)),
    close: (path: string) => documents.close(documentOf(path), at(2)),
    open,
    commitAll,
    confirmAll,
    publish,
    run: async (): Promise<Epoch> => {
      await commitAll();
      await confirmAll();
      return publish();
    },
    /** What readers at an epoch find, by path. */
    shownAt: async (epoch: number) =>
      (await views.revisionsAt(VIEW, epoch, {})).map(
        ({ url, markdown }) => `${url.slice(urlOf('').length)}=${markdown}`,
      ),
    /** What of it is indexed. */
    membersAt: (epoch: number) => views.membership(VIEW, epoch, {}),
  };
}

export type Writer = ReturnType<typeof createWriter>;
