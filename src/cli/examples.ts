import type { Command } from 'commander';

/** Adds a command's examples to its help. */
export const withExamples = (command: Command, examples: readonly string[]): Command =>
  command.addHelpText(
    'after',
    `\nExamples:\n${examples.map((example) => `  $ lockstep ${example}`).join('\n')}`,
  );
