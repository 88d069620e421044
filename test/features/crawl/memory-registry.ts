import {
  contentHashOf,
  type DeadLetter,
  type Document,
  documentIdOf,
  type Revision,
  revisionIdOf,
} from '#domain/document.ts';
import type { Run } from '#domain/run.ts';
import type { PageState } from '#domain/source.ts';
import type { Visit } from '#domain/visit.ts';
import type { FeatureDeps } from '#features/deps.ts';
import type { DocumentRegistry, PostMarks } from '#ports/source-registry.ts';

type Parts = Pick<
  FeatureDeps['registry'],
  'sources' | 'pages' | 'documents' | 'deadLetters' | 'visits' | 'runs' | 'leases'
>;

export type MemoryRegistry = Parts & {
  /** Calls of any method so far, but for leases and runs. */
  calls(): number;
  /** After this many calls from now on every one fails, as of a crawl that was killed. */
  cutAfter(calls: number): void;
};

/** What a crawl needs of a registry, in maps: for crawls by the thousand, and for long ones. */
export function createMemoryRegistry(): MemoryRegistry {
  let calls = 0;
  let callsMax = Number.POSITIVE_INFINITY;
  const counted = <T extends object>(part: T): T =>
    new Proxy(part, {
      get(target, name, receiver) {
        calls += 1;
        if (calls > callsMax) return () => Promise.reject(new Error('cut'));
        return Reflect.get(target, name, receiver);
      },
    });
  const states = new Map<string, PageState>();
  const letters: DeadLetter[] = [];
  const visits: Visit[] = [];
  const leases = new Map<string, { name: string; holder: string; expiresAt: string }>();
  const save = async (state: PageState) =>
    void states.set(`${state.sourceName} ${state.url}`, state);
  return {
    calls: () => calls,
    cutAfter: (left) => {
      callsMax = calls + left;
    },
    pages: counted({
      states: async (name) => {
        const own = [...states.values()].filter(({ sourceName }) => sourceName === name);
        return new Map(own.map((state) => [state.url, state]));
      },
      save,
    }),
    sources: counted(createSources()),
    documents: counted(createDocuments(save)),
    visits: {
      add: async (visit) => void visits.push(visit),
      list: async (runId) => visits.filter((visit) => visit.runId === runId),
    },
    deadLetters: counted({
      add: async (letter) => void letters.push(letter),
      list: async ({ runId, sourceName }) =>
        letters
          .filter((letter) => runId === undefined || letter.runId === runId)
          .filter((letter) => sourceName === undefined || letter.sourceName === sourceName)
          .toReversed(),
    }),
    runs: createRuns(),
    leases: {
      acquire: async ({ name, holder, expiresAt }) =>
        void leases.set(name, { name, holder, expiresAt }),
      release: async (name) => void leases.delete(name),
      list: async () => [...leases.values()],
    },
  };
}

function createDocuments(save: (state: PageState) => Promise<void>): DocumentRegistry {
  const documents = new Map<string, Document>();
  const revisions = new Map<string, Revision>();
  const byHash = new Map<string, Set<string>>();
  const marked = new Map<string, PostMarks>();
  const live = () => [...documents.values()].filter(({ status }) => status === 'live');
  const isOf = (id: string, hash: string) =>
    revisions.get(documents.get(id)?.revisionId ?? '')?.contentHash === hash;
  return {
    record: async (post, page, at) => {
      const documentId = documentIdOf(post.url);
      const contentHash = contentHashOf(post.markdown, post.metadata);
      const id = revisionIdOf(documentId, contentHash);
      const { sourceName: _, marks, ...content } = post;
      const revision = { ...content, id, documentId, contentHash, createdAt: at };
      const known = documents.get(documentId);
      const { url, sourceName } = known ?? post;
      const firstSeenAt = known?.firstSeenAt ?? at;
      const canonicalId = known?.canonicalId ?? null;
      const now = { status: 'live', revisionId: id, canonicalId, closedAt: null } as const;
      const document = { id: documentId, url, sourceName, firstSeenAt, ...now };
      marked.set(documentId, marks);
      documents.set(documentId, document);
      revisions.set(id, revision);
      byHash.set(contentHash, (byHash.get(contentHash) ?? new Set()).add(documentId));
      await save({ ...page, documentId });
      const isNew = known?.revisionId !== id || known.status === 'closed';
      return { document, revision, isNew };
    },
    close: async (id, at) => {
      const known = documents.get(id);
      if (known?.status !== 'live') return;
      documents.set(id, { ...known, status: 'closed', closedAt: at });
    },
    get: async (id) => documents.get(id) ?? null,
    findByUrl: async (url) => documents.get(documentIdOf(url)) ?? null,
    list: async (name) =>
      [...documents.values()]
        .filter(({ sourceName }) => name === null || sourceName === name)
        .sort((a, b) => (a.url < b.url ? -1 : 1)),
    revisions: async (ids) => ids.flatMap((id) => revisions.get(id) ?? []),
    findTwin: async (hash, except) => {
      for (const id of byHash.get(hash) ?? []) {
        const document = documents.get(id);
        if (id !== except && document?.status === 'live' && isOf(id, hash)) return document;
      }
      return null;
    },
    signatures: async (afterId, limit) =>
      live()
        .filter(({ id }) => afterId === null || id > afterId)
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .slice(0, limit)
        .map(({ id, url, firstSeenAt, canonicalId }) => {
          const signature = marked.get(id)?.signature ?? null;
          return { id, url, firstSeenAt, canonicalId, signature };
        }),
    blocks: async (sourceName) =>
      new Map(
        live().flatMap((document) => {
          const blocks = marked.get(document.id)?.blocks;
          return document.sourceName === sourceName && blocks ? [[document.id, blocks]] : [];
        }),
      ),
    link: async (links) => {
      for (const { id, canonicalId } of links) {
        const known = documents.get(id);
        if (known !== undefined) documents.set(id, { ...known, canonicalId });
      }
    },
  };
}

function createSources(): FeatureDeps['registry']['sources'] {
  const templates = new Map<string, Uint8Array>();
  const unasked = async (): Promise<never> => {
    throw new Error('a crawl is given its source');
  };
  return {
    add: unasked,
    get: unasked,
    list: unasked,
    remove: unasked,
    templates: async (name) => templates.get(name) ?? new Uint8Array(),
    saveTemplates: async (name, hashes) => void templates.set(name, hashes),
  };
}

function createRuns(): FeatureDeps['registry']['runs'] {
  const runs = new Map<string, Run>();
  return {
    start: async ({ at, ...run }) =>
      void runs.set(run.id, {
        ...run,
        status: 'running',
        startedAt: at,
        endedAt: null,
        counts: {},
        produced: [],
        error: null,
      }),
    end: async (id, end, at) => {
      const run = runs.get(id);
      if (run !== undefined) runs.set(id, { ...run, ...end, endedAt: at });
    },
    abandon: async () => 0,
    last: async (subject) => [...runs.values()].findLast((run) => run.subject === subject) ?? null,
    reopen: async (id) => {
      const run = runs.get(id);
      if (run !== undefined)
        runs.set(id, { ...run, status: 'running', endedAt: null, error: null });
    },
    list: async () => [...runs.values()].toReversed(),
  };
}
