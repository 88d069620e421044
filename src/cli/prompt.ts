import type { Command } from 'commander';
import { registerPrompts } from '#training/pipeline.ts';
import { withExamples } from './examples.ts';
import { addList, addShow } from './list-and-show.ts';
import type { Cli } from './lockstep.ts';
import { readText } from './read-text.ts';
import { type Session, withSession } from './session.ts';

export function addPromptCommand(program: Command, cli: Cli): void {
  const prompt = program.command('prompt').description('register and look at prompt versions');
  const register = prompt
    .command('register [file...]')
    .description('register prompt files as immutable versions; those of prompts/ by default');
  withExamples(register, ['prompt register', 'prompt register prompts/answer.md']).action(
    (files: string[], _options, command) =>
      withSession(cli, command, async (session) => {
        session.out.result(await registerFiles(session, files));
      }),
  );
  addList(prompt, cli, {
    of: 'prompt versions',
    read: ({ registry }) => registry.prompts.list(),
    head: ['prompt', 'hash', 'registered', 'description'],
    row: ({ id, hash, createdAt, description }) => [id, hash.slice(0, 12), createdAt, description],
  });
  addShow(prompt, cli, {
    of: 'prompt versions',
    example: 'answer@v1',
    read: ({ registry }, id) => registry.prompts.get(id),
    draw: (out, { id, hash, system, user }) => {
      out.line(`${id} (${hash})\n\n# system\n\n${system}\n\n# user\n\n${user}`);
    },
  });
}

/** Registers the named files, or every Markdown file of the prompts' folder. */
export async function registerFiles({ lockstep, cli, out }: Session, files: readonly string[]) {
  const { registry, clock, settings } = lockstep;
  const paths =
    files.length > 0
      ? files
      : (await cli.readFolder(settings.promptsFolder)).filter((path) => path.endsWith('.md'));
  const texts = await Promise.all(
    paths.map(async (path) => ({ path, text: await readText(cli, path, 'file') })),
  );
  const registered = await registerPrompts({ prompts: registry.prompts, clock }, texts);
  for (const { prompt, isNew } of registered) {
    out.line(`  ${prompt.id} ${isNew ? 'registered' : 'is registered already'}`);
  }
  return registered;
}
