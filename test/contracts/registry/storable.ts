import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Registry } from '#ports/registry.ts';
import { refusal } from './bed.ts';
import { answer, at, documentOf, manifest, page, post, source, urlOf } from './make.ts';

/** Texts that no Postgres can store as they are. */
const UNSTORABLE = [
  ['a NUL character', 'be\u0000fore'],
  ['a lone high surrogate', 'be\ud83dfore'],
  ['a lone low surrogate', 'be\ude00fore'],
] as const;

export function storableCases(registry: () => Registry): void {
  it('gives every storable text back as it was', async () => {
    const { documents } = registry();
    let number = 0;
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (generated) => {
        const text = generated.replaceAll('\u0000', '').toWellFormed();
        number += 1;
        const path = String(number);
        const recorded = await documents.record(
          post(path, text, { title: text, tags: [text], author: text }),
          page(urlOf(path), { links: [text] }),
          at(1),
        );
        expect(await documents.revisions([recorded.revision.id])).toEqual([recorded.revision]);
      }),
      { numRuns: 40 },
    );
  });

  it.each(UNSTORABLE)('refuses %s in a column of text, and stores nothing', async (_, text) => {
    const { documents, answers } = registry();
    const recorded = documents.record(post('a', text), page(urlOf('a')), at(1));
    expect(await refusal(recorded, 'invalid_input')).toMatch(/U\+0000|surrogate/);
    expect(await documents.get(documentOf('a'))).toBeNull();
    await refusal(answers.record(answer('a1', { question: text })), 'invalid_input');
    await refusal(registry().sources.add(source('blog', { name: text })), 'invalid_input');
  });

  it.each(UNSTORABLE)('refuses %s inside JSON, and stores nothing', async (_, text) => {
    const { documents, pairings } = registry();
    const recorded = documents.record(post('a', 'a', { title: text }), page(urlOf('a')), at(1));
    expect(await refusal(recorded, 'invalid_input')).toMatch(/U\+0000|surrogate/);
    expect(await documents.get(documentOf('a'))).toBeNull();
    await refusal(pairings.register(manifest({ view: text }), at(1)), 'invalid_input');
  });

  it('refuses an instant that is none', async () => {
    const { sources } = registry();
    await refusal(sources.add(source('blog', { createdAt: 'tomorrow' })), 'invalid_input');
  });
}
