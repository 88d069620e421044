import { AppError } from '#domain/errors.ts';
import { type PromptText, parsePrompt } from './parse-prompt.ts';

export type PromptFile = { readonly path: string; readonly text: string };

/** All files, or `invalid_input` with every fault of every file under its path. */
export function parsePrompts(files: readonly PromptFile[]): readonly PromptText[] {
  const faults: string[] = [];
  const paths = new Map<string, string>();
  const prompts = files.flatMap(({ path, text }) => {
    const parsed = parsePrompt(text);
    if (parsed.kind === 'faults') {
      faults.push(...parsed.faults.map((fault) => `${path}: ${fault}`));
      return [];
    }
    const { name } = parsed.prompt;
    const other = paths.get(name);
    if (other !== undefined) faults.push(`${path}: ${other} is named ${name} as well`);
    paths.set(name, path);
    return [parsed.prompt];
  });
  if (files.length === 0) faults.push('no prompt file was given');
  if (faults.length === 0) return prompts;
  throw new AppError('invalid_input', `prompts cannot be registered:\n${faults.join('\n')}`, {
    param: 'prompt',
  });
}
