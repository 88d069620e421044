import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { sha256 } from '#domain/hash.ts';
import { withExamples } from './examples.ts';
import { addList } from './list-and-show.ts';
import type { Cli } from './lockstep.ts';
import { withSession } from './session.ts';

const KEY_BYTES = 24;

export function addKeyCommand(program: Command, cli: Cli): void {
  const key = program
    .command('key')
    .description('API keys; with one there, every request needs one');
  const create = key.command('create <name>').description('make a key; it is shown this once');
  withExamples(create, ['key create staging']).action((name: string, _options, command) =>
    withSession(cli, command, async ({ lockstep, out }) => {
      const { registry, clock, ids } = lockstep;
      const secret = `ls-${randomBytes(KEY_BYTES).toString('base64url')}`;
      const id = ids.next();
      await registry.keys.add({
        id,
        name,
        hash: sha256(secret),
        createdAt: clock.now(),
        revokedAt: null,
      });
      out.line(`${secret}\n(kept as a hash: this is the only time that it is shown)`);
      out.result({ id, name, key: secret });
    }),
  );
  addList(key, cli, {
    of: 'API keys',
    read: async ({ registry }) =>
      (await registry.keys.list()).map(({ id, name, createdAt, revokedAt }) => ({
        id,
        name,
        createdAt,
        revokedAt,
      })),
    head: ['key', 'name', 'created', 'revoked'],
    row: ({ id, name, createdAt, revokedAt }) => [id, name, createdAt, revokedAt ?? '–'],
  });
  const revoke = key.command('revoke <id>').description('end a key for good');
  withExamples(revoke, ['key revoke 0198c0de-0000-4000-8000-000000000000']).action(
    (id: string, _options, command) =>
      withSession(cli, command, async ({ lockstep, out }) => {
        await lockstep.registry.keys.revoke(id, lockstep.clock.now());
        out.line(`${id} is revoked`);
        out.result({ id });
      }),
  );
}
