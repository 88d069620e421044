import { describe, expect, it } from 'vitest';
import type { Answer } from '#domain/answer.ts';
import type { RetrievalSettings } from '#domain/pairing.ts';
import type { Answerer } from '#ports/answerer.ts';
import { createFakeChat } from '../fakes/chat-model.ts';
import { createWorld, type Post } from '../inference/world.ts';
import { createFakeCli, errorOf } from './fake-cli.ts';

type Found = Awaited<ReturnType<Answerer['search']>>;

const POSTS: readonly Post[] = [
  {
    slug: 'log',
    text: 'The maritime archive was offline for 47 minutes.',
    headingPath: ['Outage'],
    context: { tags: ['ops', 'archive'], language: 'en', publishedAt: '2026-01-10' },
  },
  { slug: 'log', text: 'The maritime archive holds maps.', headingPath: ['Maps'] },
  {
    slug: 'notes',
    text: 'The archive was never offline.',
    context: { tags: ['ops'], language: 'fr', sourceName: 'notes', publishedAt: '2026-03-10' },
  },
];
const ASKED = 'Was the maritime archive offline?';

async function createCli(retrieval: Partial<RetrievalSettings> = {}) {
  const chat = createFakeChat({ say: () => ['It was [1].'] });
  const world = await createWorld({ posts: POSTS, retrieval, chat });
  const { lockstep, run, printed } = createFakeCli({
    registry: { channels: world.deps.channels, pairings: world.deps.pairings },
  });
  Object.assign(lockstep, { answerer: world.answerer });
  const json = async <T>(...argv: string[]): Promise<T> => {
    printed.out = '';
    if ((await run(...argv, '--json')) !== 0) throw new Error(printed.err);
    return JSON.parse(printed.out) as T;
  };
  const text = async (...argv: string[]) => {
    printed.out = '';
    if ((await run(...argv)) !== 0) throw new Error(printed.err);
    return printed.out;
  };
  return { ...world, run, printed, json, text };
}

const titles = ({ hits }: Pick<Found, 'hits'>) => hits.map(({ title }) => title).join(' ');

describe('lockstep search', () => {
  it('gives hits, and with --json all that is known of them', async () => {
    const { json, text, pairing } = await createCli();
    const found = await json<Found>('search', ASKED);
    expect(found).toMatchObject({ pairingId: pairing.id, viewId: 'posts@v1', epoch: 1 });
    expect(found.hits[0]).toMatchObject({ title: 'log', explanation: { fusedRank: 1 } });
    expect(found.explanation?.searchedFor).toBe(ASKED);
    const printed = await text('search', ASKED, '--limit', '1');
    expect(printed).toContain('[1] log – https://example.org/log/');
    expect(printed).toContain('offline for 47 minutes');
    expect(printed).not.toContain('[2]');
  });

  it.each([
    [['--tag', 'ops'], 'log notes'],
    [['--tag', 'ops', '--tag', 'archive'], 'log'],
    [['--language', 'fr-CA'], 'notes'],
    [['--language', 'fr', '--language', 'de'], 'notes'],
    [['--source', 'notes'], 'notes'],
    [['--since', '2026-02-01'], 'notes'],
    [['--until', '2026-01-10'], 'log'],
    [['--hits-per-document', '1'], 'log notes'],
    [['--tag', 'nowhere'], ''],
  ])('with %j finds %j', async (options, expected) => {
    const { json } = await createCli();
    expect(titles(await json<Found>('search', ASKED, ...options))).toBe(expected);
  });

  it('says that nothing was found', async () => {
    const { text } = await createCli();
    expect(await text('search', ASKED, '--tag', 'nowhere')).toContain('nothing was found');
  });

  it.each([
    [['--since', 'yesterday'], '--since'],
    [['--until', '2026-02-30T99:00Z'], '--until'],
    [['--tag', ' '], '--tag'],
    [['--language', 'klingon'], '--language'],
    [['--limit', '0'], '--limit'],
    [['--author', 'me'], '--author'],
  ])('refuses %j as wrong usage', async (options, param) => {
    const { run, printed } = await createCli();
    expect(await run('search', ASKED, ...options, '--json')).toBe(2);
    expect(errorOf({ err: printed.err })).toMatchObject({ code: 'invalid_input', param });
  });

  it('refuses dates in the wrong order', async () => {
    const { run, printed } = await createCli();
    const options = ['--since', '2026-02-01', '--until', '2026-01-01', '--json'];
    expect(await run('search', ASKED, ...options)).not.toBe(0);
    expect(errorOf({ err: printed.err })).toMatchObject({ param: 'filter.since' });
  });
});

describe('--explain', () => {
  it('shows every number that a score is made of', async () => {
    const { text, json } = await createCli({ mmrLambda: 0.7, hitsPerDocumentMax: 1 });
    const { hits } = await json<Found>('search', ASKED, '--explain');
    const printed = await text('search', ASKED, '--explain');
    expect(printed).toContain(`searched for: ${ASKED}`);
    expect(printed).toContain('0.4 × cosine + 0.6 × BM25, each scaled to 0–1');
    expect(printed).toContain('MMR: 0.7 × relevance − 0.3 × similarity');
    expect(printed).toContain('at most 1 of one document');
    for (const { score, denseScore, sparseScore, explanation } of hits) {
      const { densePart, sparsePart, mmr } = explanation ?? {};
      const shown = [score, denseScore, sparseScore, densePart, sparsePart, mmr?.similarity];
      for (const value of shown) expect(printed).toContain((value ?? Number.NaN).toFixed(4));
    }
  });

  it('draws no column that has nothing to say, and names reciprocal ranks', async () => {
    const { text } = await createCli({ fusion: 'rrf', denseWeight: 0.5 });
    const printed = await text('search', ASKED, '--explain');
    expect(printed).toContain('0.5 × 1/(60 + dense #) + 0.5 × 1/(60 + sparse #)');
    expect(printed).not.toContain('MMR');
    const alone = await createCli({ denseWeight: 1 });
    const dense = await alone.text('search', ASKED, '--explain');
    expect(dense).toContain('sparse: not asked');
    expect(dense).not.toContain('sparse #');
  });

  it('works for an answer, which keeps its filter', async () => {
    const { text, json, recorded } = await createCli();
    const printed = await text('ask', ASKED, '--tag', 'ops', '--language', 'en', '--explain');
    expect(printed).toContain('only posts with tags ops; languages en');
    expect(printed).toContain('each scaled to 0–1');
    const answer = await json<Answer>('ask', ASKED, '--source', 'notes');
    expect(answer.provenance.filter).toEqual({ sources: ['notes'] });
    expect(answer.hits.map(({ title }) => title)).toEqual(['notes']);
    expect(recorded.map(({ answer: kept }) => kept.provenance.filter)).toEqual([
      { tags: ['ops'], languages: ['en'] },
      { sources: ['notes'] },
    ]);
    const nothing = await text('ask', ASKED, '--tag', 'nowhere');
    expect(nothing).toContain('only posts with tags nowhere: nothing was found among those');
  });
});
