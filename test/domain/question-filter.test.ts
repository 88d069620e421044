import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalFilter, type QuestionFilter } from '#domain/question-filter.ts';

describe('canonicalFilter', () => {
  it('is the same for all that mean the same', () => {
    expect(canonicalFilter({ tags: ['b', ' a', 'b'], languages: ['pt-BR', 'EN', 'pt'] })).toEqual({
      tags: ['a', 'b'],
      languages: ['en', 'pt'],
    });
    expect(canonicalFilter({ since: ' 2026-01-01 ', sources: ['blog'] })).toEqual({
      since: '2026-01-01',
      sources: ['blog'],
    });
    expect(canonicalFilter({})).toBeNull();
  });

  it('does not change when it is done twice', () => {
    const values = fc.array(fc.string({ minLength: 1, maxLength: 8 }), {
      minLength: 1,
      maxLength: 6,
    });
    const named = values.filter((all) => all.every((value) => value.trim() !== ''));
    const filter = fc.record({ tags: named, sources: named, until: fc.constant('2026-01-01') });
    fc.assert(
      fc.property(filter, (given) => {
        const once = canonicalFilter(given);
        expect(canonicalFilter(once ?? {})).toEqual(once);
        expect(canonicalFilter({ ...given, tags: given.tags.toReversed() })).toEqual(once);
      }),
    );
  });

  it.each([
    [{ tag: ['a'] }, 'filter.tag', 'known are tags, languages, sources, since, until'],
    [{ tags: [] }, 'filter.tags', 'empty'],
    [{ tags: ['a', ' '] }, 'filter.tags', 'blank'],
    [{ sources: ['x'.repeat(201)] }, 'filter.sources', 'more than 200 characters'],
    [{ tags: Array.from({ length: 33 }, (_, n) => `t${n}`) }, 'filter.tags', 'at most 32'],
    [{ languages: ['english'] }, 'filter.languages', 'en or fr'],
  ])('refuses %j', (filter, param, said) => {
    expect(() => canonicalFilter(filter as QuestionFilter)).toThrow(
      expect.objectContaining({
        code: 'invalid_input',
        param,
        message: expect.stringContaining(said),
      }),
    );
  });
});
