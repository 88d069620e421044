import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Answer, Hit } from '#domain/answer.ts';
import type { RetrievalSettings } from '#domain/pairing.ts';
import { renderPassages } from '#domain/prompt.ts';
import { createFakeChat } from '../fakes/chat-model.ts';
import { createWorld, type Post, questionOf, signal } from './world.ts';

const ASKED = questionOf('How long was the maritime archive offline?');
const SECTIONS = { sectionTokensMax: 400, contextTokensMax: 1_600 };

type Part = {
  readonly text: string;
  readonly heading: string;
  /** The revision whose chunk it was first; the one at hand by default. */
  readonly revision?: string;
};

/** A document of parts, one chunk each, and the Markdown that they were cut from. */
function document(slug: string, revision: string, parts: readonly Part[]) {
  const markdown = parts.map(({ text }) => text).join('\n\n');
  const posts = parts.map(({ text, heading }, at): Post => {
    const start = parts.slice(0, at).reduce((sum, one) => sum + one.text.length + 2, 0);
    return { slug, text, headingPath: [heading], start, context: { revisionId: revision } };
  });
  return { markdown, posts };
}

async function ask(
  posts: readonly Post[],
  revisions: Readonly<Record<string, string>>,
  retrieval: Partial<RetrievalSettings> = SECTIONS,
) {
  const chat = createFakeChat({ say: () => ['One [1].'] });
  const world = await createWorld({ posts, retrieval, chat });
  for (const [id, markdown] of Object.entries(revisions)) world.revisions.set(id, markdown);
  return { ...world, chat, answer: await world.answerer.answer(ASKED, signal) };
}

const spansAreTrue = (
  { hits }: Pick<Answer, 'hits'>,
  revisions: Readonly<Record<string, string>>,
) => {
  for (const { revisionId, start, end, text } of hits) {
    expect(revisions[revisionId]?.slice(start, end)).toBe(text);
  }
};
const heldOf = ({ pointId, explanation }: Hit) => explanation?.widened?.pointIds ?? [pointId];

const OUTAGE = document('log', 'r1', [
  { heading: 'Harbour', text: '## Harbour\n\nThe harbour was open all year.' },
  { heading: 'Outage', text: '## Outage\n\nA fuse blew at night.' },
  { heading: 'Outage', text: 'The maritime archive was offline for 47 minutes in November.' },
  { heading: 'Outage', text: 'Nobody lost a record, for all of them are kept twice.' },
  { heading: 'Costs', text: '## Costs\n\nNine crowns.' },
]);
const R1 = { r1: OUTAGE.markdown };

describe('widening to a section', () => {
  it('takes the chunks around a hit under the same heading, and no other', async () => {
    const { answer, chat } = await ask(OUTAGE.posts, R1);
    const [first] = answer.hits;
    expect(first?.text).toBe(
      '## Outage\n\nA fuse blew at night.\n\nThe maritime archive was offline for 47 minutes in ' +
        'November.\n\nNobody lost a record, for all of them are kept twice.',
    );
    expect(first?.explanation?.widened).toEqual({
      revisionId: 'r1',
      start: OUTAGE.posts[2]?.start,
      end: (OUTAGE.posts[2]?.start ?? 0) + (OUTAGE.posts[2]?.text.length ?? 0),
      pointIds: ['log-1-1', 'log-2-1', 'log-3-1'],
    });
    expect(first?.pointId).toBe('log-2-1');
    spansAreTrue(answer, R1);
    expect(chat.requests[0]?.messages.at(-1)?.content).toContain('A fuse blew at night.');
  });

  it('is left out where the pairing does not ask for it', async () => {
    const { answer } = await ask(OUTAGE.posts, {}, {});
    expect(answer.hits[0]?.text).toBe(OUTAGE.posts[2]?.text);
    expect(answer.hits[0]?.explanation?.widened).toBeNull();
  });

  it('takes a hit that stands in a better one’s section no second time', async () => {
    const { answer } = await ask(OUTAGE.posts, R1);
    const held = answer.hits.flatMap(heldOf);
    expect(new Set(held).size).toBe(held.length);
    expect(new Set(held)).toEqual(new Set(OUTAGE.posts.map((_, at) => `log-${at}-1`)));
    expect(answer.hits).toHaveLength(3);
  });

  it('stops where the section’s most would be exceeded', async () => {
    const alone = await ask(OUTAGE.posts, R1, { ...SECTIONS, sectionTokensMax: 1 });
    expect(alone.answer.hits[0]?.text).toBe(OUTAGE.posts[2]?.text);
    const tokens = alone.embedder.countTokens(
      `${OUTAGE.posts[2]?.text}\n\n${OUTAGE.posts[3]?.text}`,
    );
    const some = await ask(OUTAGE.posts, R1, { ...SECTIONS, sectionTokensMax: tokens });
    expect(some.answer.hits[0]?.explanation?.widened?.pointIds).toEqual(['log-2-1', 'log-3-1']);
    expect(some.answer.hits[0]?.tokens).toBe(tokens);
  });

  it('does not show what a later revision took away, at either epoch', async () => {
    const after = document('log', 'r2', [
      { heading: 'Outage', text: '## Outage\n\nA fuse blew at night.' },
      { heading: 'Outage', text: 'The maritime archive was offline for 47 minutes in November.' },
      { heading: 'Outage', text: 'Two records were lost after all.' },
    ]);
    const [, fuse, offline, nobody] = OUTAGE.posts;
    const [, , lost] = after.posts;
    if (!fuse || !offline || !nobody || !lost) throw new Error('the parts are there');
    // As the registry keeps them: what is unchanged still names the revision it was cut from.
    const posts = [fuse, offline, { ...nobody, to: 2 }, { ...lost, from: 2 }];
    const revisions = { r1: OUTAGE.markdown, r2: after.markdown };
    const { answer, answerer, views, view } = await ask(posts, revisions);
    expect(answer.hits[0]?.text).toContain('Nobody lost a record');
    views.set(view.id, { ...view, publishedEpoch: 2 });
    const now = await answerer.answer(ASKED, signal);
    expect(now.hits[0]?.text).toBe(after.markdown);
    expect(now.hits[0]).toMatchObject({
      revisionId: 'r2',
      explanation: { widened: { revisionId: 'r1', pointIds: ['log-0-1', 'log-1-1', 'log-3-2'] } },
    });
    spansAreTrue(now, revisions);
    const before = await answerer.answer({ ...ASKED, epoch: 1 }, signal);
    expect(before.hits.map(({ text }) => text)).toEqual(answer.hits.map(({ text }) => text));
    expect(JSON.stringify(before.hits)).not.toContain('Two records');
  });

  it('does not reach over a text that is gone', async () => {
    const posts = OUTAGE.posts.map((post, at) => (at === 2 ? { ...post, to: 1 } : post));
    const { answer } = await ask(posts, R1);
    expect(answer.hits.map(({ text }) => text).join()).not.toContain('47 minutes');
    for (const hit of answer.hits) expect(heldOf(hit)).toHaveLength(1);
  });

  it('holds only what can be seen, in true spans, once, and within both budgets', async () => {
    const sentences = fc.constantFrom(
      'The maritime archive was offline.',
      'A fuse blew.',
      'It took 47 minutes to find another fuse in the store of the port.',
      'Nobody noticed, since it was night and the clerks of the archive were asleep.',
    );
    const parts = fc.array(
      fc.record({ text: sentences, heading: fc.constantFrom('A', 'B'), ends: fc.boolean() }),
      { minLength: 1, maxLength: 8 },
    );
    const settings = fc.record({
      sectionTokensMax: fc.integer({ min: 1, max: 80 }),
      contextTokensMax: fc.integer({ min: 80, max: 200 }),
      hitsMax: fc.integer({ min: 1, max: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(parts, settings, async (given, limits) => {
        const whole = document(
          'log',
          'r1',
          given.map(({ text, heading }, at) => ({ text: `${text} (${at})`, heading })),
        );
        const posts = whole.posts.map((post, at) => ({ ...post, to: given[at]?.ends ? 1 : 9 }));
        const revisions = { r1: whole.markdown };
        const { answer, embedder, chat } = await ask(posts, revisions, limits);
        spansAreTrue(answer, revisions);
        expect(answer.hits.length).toBeLessThanOrEqual(limits.hitsMax);
        const held = answer.hits.flatMap(heldOf);
        expect(new Set(held).size).toBe(held.length);
        for (const [at, { text }] of posts.entries()) {
          const isHeld = held.includes(`log-${at}-1`);
          expect(answer.hits.some((hit) => hit.text.includes(text))).toBe(isHeld);
          if (given[at]?.ends) expect(isHeld).toBe(false);
        }
        for (const hit of answer.hits) {
          const headings = heldOf(hit).map((id) => given[Number(id.split('-')[1])]?.heading);
          expect(new Set(headings)).toEqual(new Set(hit.headingPath));
          expect(hit.tokens).toBe(embedder.countTokens(hit.text));
          if (heldOf(hit).length > 1)
            expect(hit.tokens).toBeLessThanOrEqual(limits.sectionTokensMax);
        }
        const passages = chat.requests[0]?.passages ?? [];
        expect(embedder.countTokens(renderPassages(passages))).toBeLessThanOrEqual(
          limits.contextTokensMax,
        );
      }),
      { numRuns: 40 },
    );
  }, 60_000);
});
