import { describe, expect, it } from 'vitest';
import type { Hit, RetrievalExplanation } from '#domain/answer.ts';
import { scaleTo } from '#domain/fusion.ts';
import type { RetrievalSettings } from '#domain/pairing.ts';
import type { QuestionFilter } from '#domain/question-filter.ts';
import type { IndexQuery } from '#ports/feature-index.ts';
import { createFakeChat } from '../fakes/chat-model.ts';
import { rejection } from '../fakes/collect.ts';
import { createWorld, POSTS, type Post, questionOf, signal } from './world.ts';

const ASKED = questionOf('How long was the maritime archive offline?');

/** One long post about what is asked, and a few others that hardly are. */
const MANY: readonly Post[] = [
  ...Array.from({ length: 30 }, (_, at) => ({
    slug: 'log',
    text: `The maritime archive was offline for ${at + 3} minutes in week ${at}.`,
  })),
  { slug: 'status', text: 'The archive of maps was offline.' },
  { slug: 'fleet', text: 'A maritime fleet needs an archive.' },
];

async function searchWorld(
  posts: readonly Post[],
  retrieval: Partial<RetrievalSettings> = {},
  chat = createFakeChat({ say: () => ['One [1].'] }),
) {
  const world = await createWorld({ posts, retrieval, chat });
  const asked: IndexQuery[] = [];
  const { search } = world.index;
  Object.assign(world.index, {
    search: (...[view, query, either]: Parameters<typeof search>) => {
      asked.push(query);
      return search(view, query, either);
    },
  });
  return { ...world, asked };
}

const slugs = (hits: readonly Hit[]) => hits.map(({ title }) => title);

/** The score, by hand, from what is told of it. */
function worked(hit: Hit, told: RetrievalExplanation): number {
  const { denseRank, denseScore, sparseRank, sparseScore } = hit;
  const { fusion, rrfK, dense, sparse, denseWeight } = told;
  const worth = (rank: number | null, score: number | null, range: typeof dense) => {
    if (rank === null || score === null) return 0;
    if (fusion === 'rrf') return 1 / ((rrfK ?? Number.NaN) + rank);
    return range === null ? Number.NaN : scaleTo(range, score);
  };
  return (
    denseWeight * worth(denseRank, denseScore, dense) +
    (1 - denseWeight) * worth(sparseRank, sparseScore, sparse)
  );
}

describe('an explanation', () => {
  it.each([
    {},
    { denseWeight: 1 },
    { denseWeight: 0 },
    { fusion: 'rrf' },
    { fusion: 'rrf', rrfK: 5, denseWeight: 0.7 },
    { mmrLambda: 0.6, hitsPerDocumentMax: 2 },
    { candidates: 12, hitsMax: 4 },
  ] as const)('of a search with %j lets every score be worked out again', async (retrieval) => {
    const { answerer } = await searchWorld(MANY, retrieval);
    const { hits, explanation } = await answerer.search(ASKED, 10, signal);
    if (explanation === undefined) throw new Error('a search tells how it found');
    expect(explanation).toMatchObject({
      searchedFor: ASKED.text,
      fusion: 'sum',
      ...retrievalOf(retrieval),
    });
    for (const hit of hits) {
      const { densePart = 0, sparsePart = 0, mmr } = hit.explanation ?? {};
      expect(worked(hit, explanation)).toBeCloseTo(hit.score, 12);
      expect(densePart + sparsePart).toBe(hit.score);
      if (mmr === null || mmr === undefined) continue;
      const lambda = explanation.mmrLambda ?? Number.NaN;
      expect(mmr.relevance).toBeCloseTo(scaleTo(explanation.fused, hit.score), 12);
      expect(mmr.score).toBeCloseTo(lambda * mmr.relevance - (1 - lambda) * mmr.similarity, 12);
    }
    const ranks = hits.map(({ explanation: of }) => of?.fusedRank ?? 0);
    if (!('mmrLambda' in retrieval)) expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
  });

  it('goes with the answer, and names the turns that were searched with', async () => {
    const { answerer, recorded } = await searchWorld(POSTS);
    const history = [{ role: 'user', content: 'Tell me of the maritime archive.' }] as const;
    const answer = await answerer.answer(
      questionOf('How long was it offline?', { history }),
      signal,
    );
    expect(answer.explanation).toMatchObject({
      searchedFor: 'Tell me of the maritime archive.\nHow long was it offline?',
      candidates: 100,
      hitsPerDocumentMax: null,
      mmrLambda: null,
      rrfK: null,
    });
    expect(recorded[0]?.answer.explanation).toEqual(answer.explanation);
  });
});

/** The part of the settings that an explanation repeats under the same name. */
const retrievalOf = ({ hitsMax: _, ...told }: Partial<RetrievalSettings>) => told;

describe('weighted reciprocal ranks', () => {
  it('order hits where the pairing says so', async () => {
    const { answerer } = await searchWorld(MANY, { fusion: 'rrf', denseWeight: 0.5 });
    const { hits } = await answerer.search(ASKED, 50, signal);
    expect(hits.length).toBeGreaterThan(20);
    const given = (rank: number | null) => (rank === null ? 0 : 0.5 / (60 + rank));
    const expected = hits.map(({ denseRank, sparseRank }) => given(denseRank) + given(sparseRank));
    for (const [at, { score }] of hits.entries()) expect(score).toBeCloseTo(expected[at] ?? 0, 12);
    expect(expected).toEqual([...expected].sort((a, b) => b - a));
  });
});

describe('grouping', () => {
  it('keeps a document to its most and fills the limit from the others', async () => {
    const { answerer } = await searchWorld(MANY, { hitsPerDocumentMax: 1 });
    const { hits } = await answerer.search(ASKED, 3, signal);
    expect(new Set(slugs(hits))).toEqual(new Set(['log', 'status', 'fleet']));
  });

  it('reads deeper when one document fills the rankings, and says how deep', async () => {
    const settings = { hitsPerDocumentMax: 1, candidates: 5, hitsMax: 5 };
    const { answerer, asked } = await searchWorld(MANY, settings);
    const { hits, explanation } = await answerer.search(ASKED, 3, signal);
    expect(new Set(slugs(hits))).toEqual(new Set(['log', 'status', 'fleet']));
    expect(asked.map(({ limit }) => limit)).toEqual([5, 20, 80]);
    expect(explanation?.candidates).toBe(80);
  });

  it('reads no deeper than there is something', async () => {
    const { answerer, asked } = await searchWorld(POSTS, { hitsPerDocumentMax: 1 });
    expect((await answerer.search(ASKED, 50, signal)).hits).toHaveLength(POSTS.length);
    expect(asked).toHaveLength(1);
  });

  it('can be asked for, and taken away, for one search', async () => {
    const { answerer, asked } = await searchWorld(MANY);
    const one = { ...ASKED, hitsPerDocumentMax: 1 };
    expect(new Set(slugs((await answerer.search(one, 3, signal)).hits)).size).toBe(3);
    const grouped = await searchWorld(MANY, { hitsPerDocumentMax: 1 });
    const any = { ...ASKED, hitsPerDocumentMax: null };
    const { hits } = await grouped.answerer.search(any, 10, signal);
    expect(slugs(hits).filter((slug) => slug === 'log').length).toBeGreaterThan(1);
    expect(asked.length).toBe(1);
  });

  it.each([0, 1.5, Number.NaN, 1_001])('refuses %d hits of a document', async (count) => {
    const { answerer } = await searchWorld(POSTS);
    const asking = answerer.search({ ...ASKED, hitsPerDocumentMax: count }, 3, signal);
    expect(await rejection(asking)).toMatchObject({
      code: 'invalid_input',
      param: 'hitsPerDocumentMax',
    });
  });

  it('bounds what an answer stands on', async () => {
    const { answerer } = await searchWorld(MANY, { hitsPerDocumentMax: 2 });
    const { hits } = await answerer.answer(ASKED, signal);
    expect(slugs(hits).filter((slug) => slug === 'log')).toHaveLength(2);
    expect(hits).toHaveLength(4);
  });
});

describe('marginal relevance', () => {
  const posts: readonly Post[] = [
    { slug: 'first', text: 'The maritime archive was offline for 47 minutes in November.' },
    { slug: 'twin', text: 'The maritime archive was offline for 47 minutes in November!' },
    { slug: 'other', text: 'While the archive of the port was down, clerks wrote on paper.' },
  ];

  it('takes what is new before what was said', async () => {
    const plain = await (await searchWorld(posts)).answerer.search(ASKED, 3, signal);
    expect(slugs(plain.hits).slice(0, 2).sort()).toEqual(['first', 'twin']);
    const { answerer } = await searchWorld(posts, { mmrLambda: 0.2 });
    const { hits } = await answerer.search(ASKED, 3, signal);
    expect(slugs(hits)[1]).toBe('other');
    expect(hits[2]?.explanation?.mmr?.similarity).toBeGreaterThan(0.85);
    expect(hits.map(({ explanation }) => explanation?.mmr?.position)).toEqual([1, 2, 3]);
  });

  it('is the same every time, and with a lambda of 1 is the fused order', async () => {
    const { answerer } = await searchWorld(MANY, { mmrLambda: 0.3 });
    const once = await answerer.search(ASKED, 20, signal);
    expect(await answerer.search(ASKED, 20, signal)).toEqual(once);
    const ids = async (retrieval: Partial<RetrievalSettings>) =>
      (await (await searchWorld(MANY, retrieval)).answerer.search(ASKED, 20, signal)).hits.map(
        ({ pointId }) => pointId,
      );
    expect(await ids({ mmrLambda: 1 })).toEqual(await ids({}));
  });

  it('says so when the index ranks a point whose vector it does not hold', async () => {
    const { answerer, index } = await searchWorld(posts, { mmrLambda: 0.5 });
    Object.assign(index, { vectors: async () => new Map() });
    expect(await rejection(answerer.search(ASKED, 3, signal))).toMatchObject({
      code: 'index_mismatch',
      retryable: true,
    });
  });
});

describe('a filter', () => {
  const context = (tags: readonly string[], language: string, publishedAt: string | null) => ({
    tags,
    language,
    publishedAt,
    sourceName: language === 'en' ? 'blog' : 'notes',
  });
  const text = 'The maritime archive was offline.';
  const posts: readonly Post[] = [
    { slug: 'a', text, context: context(['ops', 'archive'], 'en', '2026-01-10T08:00:00Z') },
    { slug: 'b', text, context: context(['ops'], 'fr', '2026-02-10') },
    { slug: 'c', text, context: context(['archive'], 'en', '2026-03-10') },
    { slug: 'd', text, context: context([], 'de', null) },
  ];
  const found = async (filter: QuestionFilter) => {
    const { answerer } = await searchWorld(posts);
    return slugs((await answerer.search({ ...ASKED, filter }, 10, signal)).hits).sort();
  };

  it.each([
    [{ tags: ['ops'] }, 'ab'],
    [{ tags: ['ops', 'archive'] }, 'a'],
    [{ languages: ['fr', 'DE'] }, 'bd'],
    [{ sources: ['blog'] }, 'ac'],
    [{ since: '2026-02-10' }, 'bc'],
    [{ until: '2026-02-10' }, 'ab'],
    [{ since: '2026-01-10T08:00:01Z', until: '2026-03-09' }, 'b'],
    [{ tags: ['archive'], languages: ['en'], since: '2026-02-01' }, 'c'],
    [{ tags: ['nowhere'] }, ''],
  ] as const)('of %j finds %s', async (filter, expected) => {
    expect(await found(filter)).toEqual([...expected]);
  });

  it('goes with the answer in its canonical form', async () => {
    const { answerer, recorded } = await searchWorld(posts);
    const filter = { tags: ['ops', 'archive', 'ops'], since: '2026-01-01' };
    const { provenance, hits } = await answerer.answer({ ...ASKED, filter }, signal);
    expect(provenance.filter).toEqual({ tags: ['archive', 'ops'], since: '2026-01-01' });
    expect(slugs(hits)).toEqual(['a']);
    expect(recorded[0]?.answer.provenance.filter).toEqual(provenance.filter);
    const plain = await answerer.answer({ ...ASKED, filter: {} }, signal);
    expect(plain.provenance).not.toHaveProperty('filter');
  });

  it('that nothing meets is no_context, not a failure', async () => {
    const { answerer } = await searchWorld(posts);
    const answer = await answerer.answer({ ...ASKED, filter: { tags: ['nowhere'] } }, signal);
    expect(answer).toMatchObject({ kind: 'no_context', hits: [] });
  });

  it.each([
    [{ since: 'yesterday' }, 'filter.since'],
    [{ until: '2026-13-01' }, 'filter.until'],
    [{ since: '2026-02-01', until: '2026-01-01' }, 'filter.since'],
    [{ tags: [] }, 'filter.tags'],
    [{ author: 'me' }, 'filter.author'],
  ])('of %j is refused before anything is asked', async (filter, param) => {
    const { answerer, asked } = await searchWorld(posts);
    const question = { ...ASKED, filter: filter as QuestionFilter };
    for (const asking of [
      answerer.search(question, 3, signal),
      answerer.answer(question, signal),
    ]) {
      expect(await rejection(asking)).toMatchObject({ code: 'invalid_input', param });
    }
    expect(asked).toEqual([]);
  });
});
