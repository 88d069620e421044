import { describe, expect, it } from 'vitest';
import type { DatasetKind } from '#domain/dataset.ts';
import { CURATION_DEFAULTS, type CurationLimits, curate } from '#training/curate/curate.ts';
import { labelsOf } from '#training/label/labels.ts';
import { never, type Post, revisionOf } from '../world.ts';

/** A paragraph that is long enough, and unlike that of any other number. */
const text = (topic: string) =>
  `${topic} is what this paragraph is about, and ${topic} has ${topic.length} letters of its own ` +
  `so that ${topic} reads like nothing else in any other post of the ${topic} kind.`;

async function curated(
  kind: DatasetKind,
  posts: readonly Post[],
  limits: Partial<CurationLimits> = {},
) {
  const dropped: string[] = [];
  const revisions = posts.map(revisionOf);
  const rows = await curate({
    kind,
    labels: labelsOf(revisions),
    revisions,
    limits: { ...CURATION_DEFAULTS, ...limits },
    drop: (reason) => void dropped.push(reason),
    signal: never(),
  });
  return { rows, inputs: rows.map(({ input }) => input), dropped };
}

const post = (title: string, markdown: string, rest: Partial<Post> = {}): Post => ({
  path: `/${title.toLowerCase()}/`,
  title,
  markdown,
  ...rest,
});

describe('what is asked', () => {
  it('makes instructions by the templates of the language', async () => {
    const sections = `${text('lead')}\n\n## How it works today\n\n${text('work')}`;
    expect((await curated('instruct', [post('Alpha', sections)])).inputs).toEqual([
      'What is “Alpha” about?',
      'What does “Alpha” say about “How it works today”?',
    ]);
    expect(
      (await curated('instruct', [post('Alpha', sections, { language: 'fr-CA' })])).inputs,
    ).toEqual([
      'De quoi parle « Alpha » ?',
      'Que dit « Alpha » au sujet de « How it works today » ?',
    ]);
    expect(
      (await curated('instruct', [post('Alpha', sections, { language: null })])).inputs,
    ).toHaveLength(2);
  });

  it('keeps a question as it stands, in any language', async () => {
    const markdown = `## Warum ist das denn so?\n\n${text('grund')}`;
    const { inputs, dropped } = await curated('instruct', [
      post('Alpha', markdown, { language: 'de' }),
    ]);
    expect(inputs).toEqual(['Warum ist das denn so?']);
    expect(dropped).toEqual(['no_template']);
  });

  it.each([
    ['a generic heading', '## Before you begin'],
    ['a heading of two words', '## The rule'],
  ])('puts the title before %s in a query', async (_, heading) => {
    const { inputs } = await curated('retrieval', [post('Alpha', `${heading}\n\n${text('x')}`)]);
    expect(inputs).toContain(`Alpha: ${heading.slice(3)}`);
  });

  it('puts the title before what several documents ask', async () => {
    const markdown = (topic: string) => `## What would you change?\n\n${text(topic)}`;
    const posts = [post('Alpha', markdown('one')), post('Beta', markdown('two'))];
    for (const kind of ['instruct', 'retrieval'] as const) {
      const asked = (await curated(kind, posts)).inputs.filter((input) => input.includes('change'));
      expect(asked).toEqual(['Alpha: What would you change?', 'Beta: What would you change?']);
    }
  });
});

describe('what is dropped', () => {
  it('drops texts outside the limits, and never cuts them', async () => {
    const sections = ['## A heading long enough', text('fits'), '## Also long enough'];
    const markdown = ['Too short.', ...sections, 'long '.repeat(100)].join('\n\n');
    const { rows, dropped } = await curated('retrieval', [post('Alpha', markdown)], {
      outputCharactersMax: 400,
    });
    expect(rows.map(({ output }) => output.text)).toEqual([text('fits')]);
    expect(dropped).toEqual(['output_length', 'output_length']);
  });

  it('drops inputs outside the limits', async () => {
    const markdown = `## ${'word '.repeat(80)}\n\n${text('x')}`;
    expect((await curated('retrieval', [post('Alpha', markdown)])).dropped).toContain(
      'input_length',
    );
  });

  it('skips sections of code alone in instruct, not in retrieval', async () => {
    const markdown = `## How to count the lines\n\n\`\`\`js\n${'count(lines);\n'.repeat(8)}\`\`\``;
    expect(await curated('instruct', [post('Alpha', markdown)])).toMatchObject({
      rows: [],
      dropped: ['code_only'],
    });
    expect((await curated('retrieval', [post('Alpha', markdown)])).rows).toHaveLength(1);
  });

  it('leaves links to retrieval', async () => {
    const posts = [
      post('Alpha', `${text('alpha')} [the second letter](/beta/)`),
      post('Beta', text('beta')),
    ];
    const link = { input: 'the second letter', label: 'link_target' };
    expect((await curated('retrieval', posts)).rows.at(-1)).toMatchObject(link);
    expect((await curated('instruct', posts)).dropped).toEqual(['not_for_instruct']);
  });

  it('drops a second row, and a second answer to one input', async () => {
    const link = (at: string) => `${text(at)} [letters of the alphabet](/beta/)`;
    const posts = [
      post('Alpha', link('alpha')),
      post('Beta', text('beta')),
      post('Gamma', `${link('gamma')} [letters of the alphabet](/alpha/)`),
    ];
    const { inputs, dropped } = await curated('retrieval', posts);
    expect(inputs.filter((input) => input === 'letters of the alphabet')).toHaveLength(1);
    expect(dropped.toSorted()).toEqual(['duplicate_input', 'duplicate_row']);
  });

  it('drops an output that repeats its input', async () => {
    const title = text('title').trim();
    expect((await curated('retrieval', [post('x', title, { title })])).dropped).toEqual([
      'input_is_output',
    ]);
  });

  it('keeps of near-copies in several documents the first, and all of one', async () => {
    const long = `${text('one')} ${text('two')} ${text('three')} ${text('four')}`;
    const posts = [
      post('Alpha', `${long}\n\n## The same once more\n\n${long} Indeed.`),
      post('Beta', `${long} Again.`),
    ];
    const { rows, dropped } = await curated('retrieval', posts);
    expect(rows.map(({ output }) => output.url.slice(-7))).toEqual(['/alpha/', '/alpha/']);
    expect(dropped).toEqual(['near_duplicate_output']);
  });
});
