import matter from 'gray-matter';
import { z } from 'zod';
import { toAppError } from '#domain/errors.ts';
import { parseVersionedId } from '#domain/feature-view.ts';
import { validatePrompt } from '#domain/prompt.ts';

export type PromptText = {
  readonly name: string;
  readonly description: string;
  readonly system: string;
  readonly user: string;
};

export type ParsedPrompt =
  | { readonly kind: 'prompt'; readonly prompt: PromptText }
  | { readonly kind: 'faults'; readonly faults: readonly string[] };

const CHARACTERS_MAX = 100_000;

const frontMatter = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'must be like answer'),
  description: z.string().trim().min(1),
});

/**
 * A prompt file: YAML front matter (`name`, `description`), then the sections `# system` and
 * `# user`, each once. Deeper headings, and others than these two, are text of their section.
 */
export function parsePrompt(text: string): ParsedPrompt {
  const faults: string[] = [];
  const attempt = <T>(work: () => T): T | null => {
    try {
      return work();
    } catch (thrown) {
      faults.push(toAppError(thrown).message.replace(/\s+/g, ' ').trim());
      return null;
    }
  };
  const file = attempt(() => readFrontMatter(text));
  if (file === null) return { kind: 'faults', faults };
  const meta = frontMatter.safeParse(file.data);
  for (const { path, message } of meta.error?.issues ?? []) {
    faults.push(`front matter${path.length > 0 ? ` ${path.join('.')}` : ''}: ${message}`);
  }
  const sections = sectionsOf(file.content, faults);
  if (meta.data === undefined || faults.length > 0) return { kind: 'faults', faults };
  const prompt: PromptText = { ...meta.data, ...sections };
  attempt(() => validatePrompt(prompt));
  attempt(() => parseVersionedId(prompt.name));
  return faults.length > 0 ? { kind: 'faults', faults } : { kind: 'prompt', prompt };
}

function readFrontMatter(text: string): { readonly data: unknown; readonly content: string } {
  if (text.length > CHARACTERS_MAX) {
    throw new RangeError(`has ${text.length} characters, more than ${CHARACTERS_MAX}`);
  }
  // gray-matter runs what stands behind `---js`: all but plain YAML is refused before it looks.
  if (!/^\ufeff?---[ \t]*\r?\n/.test(text)) {
    throw new RangeError('must open with YAML front matter between two lines of ---');
  }
  // Options also keep it from answering with a cached file, which callers could have changed.
  return matter(text, { language: 'yaml', engines: { javascript: refuse, js: refuse } });
}

function refuse(): never {
  throw new RangeError('front matter may only be YAML');
}

function sectionsOf(content: string, faults: string[]): { system: string; user: string } {
  const sections = new Map<string, string[]>();
  let current: string[] | null = null;
  for (const line of content.replaceAll('\r\n', '\n').split('\n')) {
    const name = /^# (system|user)[ \t]*$/.exec(line)?.[1];
    if (name === undefined) {
      if (current !== null) current.push(line);
      else if (line.trim() !== '')
        faults.push(`“${line.trim()}” stands before # system and # user`);
    } else {
      if (sections.has(name)) faults.push(`has # ${name} twice`);
      current = [];
      sections.set(name, current);
    }
  }
  const textOf = (name: string): string => {
    const text = sections.get(name)?.join('\n').trim() ?? '';
    if (text === '') faults.push(`lacks text under # ${name}`);
    return text;
  };
  return { system: textOf('system'), user: textOf('user') };
}
