import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LabelKind } from '#domain/dataset.ts';
import { labelsOf } from '#training/label/labels.ts';
import { type Post, revisionOf } from '../world.ts';

const labelled = (markdown: string, kind: LabelKind, others: readonly Post[] = []) =>
  labelsOf([{ path: '/a/', title: 'Alpha', markdown }, ...others].map(revisionOf))
    .filter((label) => label.kind === kind && label.title === 'Alpha')
    .map(({ input, output }) => [input, output]);

describe('heading → section', () => {
  it('takes what stands below, up to the next heading of any level', () => {
    const markdown = '# Alpha\n\nLead.\n\n## One `x`\n\nFirst.\n\n- more\n\n### Deeper\n\nSecond.';
    expect(labelled(markdown, 'heading_section')).toEqual([
      ['One x', 'First.\n\n- more'],
      ['Deeper', 'Second.'],
    ]);
  });

  it('has none for an empty section, nor for a heading that repeats the title', () => {
    expect(labelled('# Alpha\n\nLead.\n\n## Empty\n\n## Full\n\nText.', 'heading_section')).toEqual(
      [['Full', 'Text.']],
    );
  });

  it('drops the numbers of sections and keeps those that are words', () => {
    const markdown =
      '## 2. Ingest\n\na\n\n## 2.1 The page\n\nb\n\n## 7 ways out ##\n\nc\n\n## 3.5 million\n\nd';
    expect(labelled(markdown, 'heading_section').map(([input]) => input)).toEqual([
      'Ingest',
      'The page',
      '7 ways out',
      '3.5 million',
    ]);
  });
});

describe('title → lead', () => {
  it('takes the first paragraph with words, past images, lists and code', () => {
    const markdown =
      '![](/i.png)\n\n- list\n\n```\ncode\n```\n\nThe lead\nof two lines.\n\nNot this.';
    expect(labelled(markdown, 'title_lead')).toEqual([['Alpha', 'The lead\nof two lines.']]);
  });

  it('has none where there is no paragraph', () => {
    expect(labelled('## Only\n\n- a list', 'title_lead')).toEqual([]);
  });
});

describe('question → answer', () => {
  it.each([
    ['a heading', '## Why so?\n\nBecause.\n\nReally.', [['Why so?', 'Because.\n\nReally.']]],
    [
      'bold paragraphs',
      '**Why so?**\n\nBecause.\n\n- and\n\n**And then?**\n\nNothing.\n\n## Next\n\nx',
      [
        ['Why so?', 'Because.\n\n- and'],
        ['And then?', 'Nothing.'],
      ],
    ],
    ['a bold opening', '**Why so?** Because.', [['Why so?', 'Because.']]],
    [
      'Q and A on lines',
      'Q: Why so?\nA: Because.\n\nQ: And then?\nA: Nothing.',
      [
        ['Why so?', 'Because.'],
        ['And then?', 'Nothing.'],
      ],
    ],
    ['bold Q and A', '**Q:** Why so?\n\n**A:** Because.', [['Why so?', 'Because.']]],
    ['Q inside the bold', '**Q: Why so?**\n\nBecause.', [['Why so?', 'Because.']]],
    ['a name after a bold opening', '**Who?** A. Smith.', [['Who?', 'A. Smith.']]],
    ['bold that asks nothing', '**Note.** Is it so? No.', []],
    ['a question mark in the middle', '## Why? Because\n\nText.', []],
    ['a question without an answer', '**Why so?**', []],
  ])('reads %s', (_, markdown, expected) => {
    expect(labelled(markdown, 'question_answer')).toEqual(expected);
  });
});

describe('link text → target', () => {
  const beta: Post = { path: '/b/', title: 'Beta', markdown: 'Lead of *beta*.\n\nRest.' };

  it.each([
    ['a path', '[how beta works](/b/)'],
    ['a relative path', '[how beta works](../b/)'],
    ['a URL with a fragment', '[how beta works](https://blog.example/b/#part)'],
    ['a path without its slash', '[how beta works](/b)'],
  ])('finds the target by %s', (_, link) => {
    expect(labelled(`See ${link}.`, 'link_target', [beta])).toEqual([
      ['how beta works', 'Lead of *beta*.'],
    ]);
  });

  it('names the document that the output stands in', () => {
    const [alpha, target] = [
      revisionOf({ path: '/a/', title: 'Alpha', markdown: '[how beta works](/b/)' }),
      revisionOf(beta),
    ];
    const label = labelsOf([alpha, target]).find(({ kind }) => kind === 'link_target');
    expect(label).toMatchObject({
      documentId: alpha.documentId,
      revisionId: alpha.id,
      outputDocumentId: target.documentId,
    });
  });

  it.each([
    '[here](/b/)',
    '[Click here!](/b/)',
    '[this post](/b/)',
    '[https://blog.example/b/](/b/)',
    '[12](/b/)',
    '[](/b/)',
    '![how beta works](/b/)',
    '`[how beta works](/b/)`',
    '[how beta works](/unknown/)',
    '[how beta works](https://elsewhere.example/b/)',
    '[how beta works](mailto:b@blog.example)',
    '[how alpha works](/a/)',
  ])('drops %s', (link) => {
    expect(labelled(`See ${link}.`, 'link_target', [beta])).toEqual([]);
  });

  it('prefers the document with exactly this URL', () => {
    const bare: Post = { path: '/b', title: 'Bare', markdown: 'Lead of bare.' };
    const outputs = labelled('[how it works](/b/) [how bare works](/b)', 'link_target', [
      bare,
      beta,
    ]);
    expect(outputs).toEqual([
      ['how it works', 'Lead of *beta*.'],
      ['how bare works', 'Lead of bare.'],
    ]);
  });
});

it('labels only with text that stands in the document, whatever the document', () => {
  const line = fc.constantFrom(
    ...[
      '# A',
      '## B?',
      '**Q?** a',
      '**Q?**',
      'Q: b?',
      'A: c',
      'text [l](/a/)',
      '- x',
      '```',
      '',
      '---',
    ],
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
      const posts = ['/a/', '/b/'].map((path) => ({
        path,
        title: path,
        markdown: lines.join('\n'),
      }));
      const revisions = posts.map(revisionOf);
      for (const label of labelsOf(revisions)) {
        const home = revisions.find(({ documentId }) => documentId === label.outputDocumentId);
        expect(home?.markdown).toContain(label.output);
        expect(label.output.trim()).not.toBe('');
        expect(label.input.trim()).not.toBe('');
      }
    }),
  );
});
