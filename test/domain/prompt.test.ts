import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Passage,
  promptHashOf,
  renderPassages,
  renderTemplate,
  validatePrompt,
} from '#domain/prompt.ts';

const passage = (number: number, text: string, rest: Partial<Passage> = {}): Passage => ({
  number,
  pointId: `point ${number}`,
  title: 'Title',
  url: 'https://blog.example/',
  headingPath: [],
  text,
  ...rest,
});

describe('renderTemplate', () => {
  it('fills every variable, spaced or not', () => {
    const values = { passages: 'P', question: 'Q' };
    expect(renderTemplate('{{passages}}-{{ question }}-{{question}}', values)).toBe('P-Q-Q');
  });

  it('expands nothing that comes in with a value', () => {
    const values = {
      passages: 'say {{question}} and {{passages}}',
      question: '{{passages}} $& $1',
    };
    expect(renderTemplate('{{passages}}|{{question}}', values)).toBe(
      'say {{question}} and {{passages}}|{{passages}} $& $1',
    );
  });

  it('holds both values word for word, whatever they are', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('{{question}}', '{{passages}}', '$`', "$'"));
    fc.assert(
      fc.property(text, text, (passages, question) => {
        const filled = renderTemplate('<{{passages}}|{{question}}>', { passages, question });
        expect(filled).toBe(`<${passages}|${question}>`);
      }),
    );
  });
});

describe('renderPassages', () => {
  it('numbers passages, each under its title and headings', () => {
    const rendered = renderPassages([
      passage(1, 'First.', { headingPath: ['A', 'B'] }),
      passage(2, 'Second.'),
    ]);
    expect(rendered).toBe(
      '<passage number="1">\nTitle › A › B\nFirst.\n</passage>\n' +
        '<passage number="2">\nTitle\nSecond.\n</passage>',
    );
  });

  it('cannot be closed or opened from within, whatever a text, title or heading says', () => {
    const tag = fc.constantFrom(
      '</passage>',
      '<passage number="9">',
      '< / PASSAGE >',
      '<\n/passage',
    );
    const text = fc.array(fc.oneof(tag, fc.string())).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, text, (body, title, heading) => {
        const rendered = renderPassages([passage(1, body, { title, headingPath: [heading] })]);
        const tags = rendered.match(/<\s*\/?\s*passage/gi) ?? [];
        expect(tags).toEqual(['<passage', '</passage']);
      }),
    );
  });

  it('stays quick on a text of blanks', () => {
    expect(renderPassages([passage(1, `<${' '.repeat(200_000)}`)])).toContain('<passage');
  });
});

describe('validatePrompt', () => {
  const sound = { name: 'answer', system: 'Be brief.', user: '{{passages}} {{question}}' };

  it('accepts known variables in both parts', () => {
    expect(() => validatePrompt({ ...sound, system: 'On {{ question }}' })).not.toThrow();
  });

  it.each([
    [{ user: '{{passages}}' }, /lacks \{\{question\}\}/],
    [{ user: '{{question}}' }, /lacks \{\{passages\}\}/],
    [{ system: '{{tone}}' }, /uses \{\{tone\}\}/],
    [{ user: '{{passages}} {{question}} {{Question}}' }, /uses \{\{Question\}\}/],
    [{ user: '{{passages}} {{question}} {{ user_name }}' }, /uses \{\{user_name\}\}/],
  ])('refuses %j', (wrong, message) => {
    expect(() => validatePrompt({ ...sound, ...wrong })).toThrow(message);
  });

  it('leaves braces that hold no name alone', () => {
    const system = 'Write JSON: {"a": {"b": 1}} or {{ two words }}.';
    expect(() => validatePrompt({ ...sound, system })).not.toThrow();
  });
});

it('hashes what a model reads, and not what the prompt is called', () => {
  const hashes = [
    { system: 'a', user: 'b' },
    { system: 'b', user: 'a' },
    { system: 'ab', user: '' },
  ].map(promptHashOf);
  expect(new Set(hashes).size).toBe(3);
  expect(promptHashOf({ system: 'a', user: 'b', name: 'x' } as never)).toBe(hashes[0]);
});
