import { AppError } from './errors.ts';
import { hashOf } from './hash.ts';

/** A registered prompt. Immutable: another text is another version. */
export type PromptVersion = {
  /** `answer@v1`. */
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly system: string;
  /** Template of the user message; holds `{{passages}}` and `{{question}}`. */
  readonly user: string;
  readonly description: string;
  readonly hash: string;
  readonly createdAt: string;
};

const PROMPT_VARIABLES = ['passages', 'question'] as const;
export type PromptVariable = (typeof PROMPT_VARIABLES)[number];

export const promptHashOf = (prompt: { readonly system: string; readonly user: string }): string =>
  hashOf({ system: prompt.system, user: prompt.user });

const VARIABLE = /\{\{\s*([a-z]+)\s*\}\}/g;
/** Wider than a variable, so that `{{Question}}` is refused instead of sent to a model as it is. */
const PLACEHOLDER = /\{\{\s*([^{}\s]+)\s*\}\}/g;

/** Throws `invalid_input` unless the templates name known variables and the user one names all. */
export function validatePrompt(prompt: {
  readonly name: string;
  readonly system: string;
  readonly user: string;
}): void {
  const named = (text: string) => [...text.matchAll(PLACEHOLDER)].map((match) => match[1] ?? '');
  const known = new Set<string>(PROMPT_VARIABLES);
  const unknown = [...named(prompt.system), ...named(prompt.user)].find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new AppError(
      'invalid_input',
      `prompt ${prompt.name} uses {{${unknown}}}; known are {{passages}} and {{question}}.`,
    );
  }
  const missing = PROMPT_VARIABLES.find((name) => !named(prompt.user).includes(name));
  if (missing !== undefined) {
    throw new AppError('invalid_input', `prompt ${prompt.name} lacks {{${missing}}} in # user.`);
  }
}

/** Fills a template in one pass; a value that looks like a variable is left as it is. */
export function renderTemplate(
  template: string,
  values: Readonly<Record<PromptVariable, string>>,
): string {
  return template.replace(VARIABLE, (whole, name: string) =>
    name === 'passages' || name === 'question' ? values[name] : whole,
  );
}

/** One passage as prompts and chat models see it; `number` is what a citation refers to. */
export type Passage = {
  /** Counted from 1 in the order given to the model. */
  readonly number: number;
  readonly pointId: string;
  readonly title: string;
  readonly url: string;
  readonly headingPath: readonly string[];
  readonly text: string;
};

/**
 * Passages as quoted data: each in its own numbered element. The closing tag cannot be forged,
 * since any `<passage` or `</passage` in a text, spaced or not, is broken by a zero-width space.
 */
export function renderPassages(passages: readonly Passage[]): string {
  const quote = (text: string) => text.replace(/<(?=\s*(?:\/\s*)?passage)/gi, '<\u200b');
  return passages
    .map((passage) => {
      const heading = [passage.title, ...passage.headingPath].map(quote).join(' › ');
      return `<passage number="${passage.number}">\n${heading}\n${quote(passage.text)}\n</passage>`;
    })
    .join('\n');
}
