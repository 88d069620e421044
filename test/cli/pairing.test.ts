import { describe, expect, it } from 'vitest';
import { type Pairing, RETRIEVAL_DEFAULTS } from '#domain/pairing.ts';
import { blogPosts } from '../training/posts.ts';
import { createEvaluable } from '../training/releases.ts';
import { contents } from '../training/world.ts';
import { createFakeCli, errorOf } from './fake-cli.ts';

async function createCli() {
  const { world, pairing } = await createEvaluable(contents(blogPosts(3)));
  const { views, prompts, models, pairings, channels } = world;
  const registry = { views: { ...views, list: async () => [world.view] }, prompts, models };
  const { run, printed } = createFakeCli({ registry: { ...registry, pairings, channels } });
  const create = async (...options: string[]): Promise<Pairing> => {
    printed.out = '';
    if ((await run('pairing', 'create', ...options, '--json')) !== 0) throw new Error(printed.err);
    return JSON.parse(printed.out) as Pairing;
  };
  return { run, printed, create, pairing };
}

describe('pairing create', () => {
  it('makes the pairing of before when nothing new is asked for', async () => {
    const { create, pairing } = await createCli();
    expect((await create()).id).toBe(pairing.id);
    expect((await create('--fusion', 'sum')).id).toBe(pairing.id);
  });

  it.each([
    [['--fusion', 'rrf', '--dense-weight', '0.5'], { fusion: 'rrf', denseWeight: 0.5 }],
    [['--fusion', 'rrf', '--rrf-k', '20'], { fusion: 'rrf', rrfK: 20 }],
    [['--hits-per-document-max', '2'], { hitsPerDocumentMax: 2 }],
    [['--mmr-lambda', '0.7'], { mmrLambda: 0.7 }],
    [['--section-tokens-max', '600'], { sectionTokensMax: 600 }],
  ])('takes %j', async (options, settings) => {
    const { create, pairing } = await createCli();
    const made = await create(...options);
    expect(made.manifest.retrieval).toEqual({ ...RETRIEVAL_DEFAULTS, ...settings });
    expect(made.id).not.toBe(pairing.id);
  });

  it.each([
    [['--fusion', 'borda'], 2, '--fusion'],
    [['--mmr-lambda', '2'], 2, '--mmr-lambda'],
    [['--hits-per-document-max', '0'], 2, '--hits-per-document-max'],
    [['--rrf-k', '20'], 2, 'retrieval.rrfK'],
    [['--section-tokens-max', '5000'], 2, 'retrieval.sectionTokensMax'],
  ])('refuses %j', async (options, exit, param) => {
    const { run, printed } = await createCli();
    expect(await run('pairing', 'create', ...options, '--json')).toBe(exit);
    expect(errorOf({ err: printed.err })).toMatchObject({ code: 'invalid_input', param });
  });
});

it('pairing list says in a word how each retrieves', async () => {
  const { run, printed, create } = await createCli();
  await create('--fusion', 'rrf', '--mmr-lambda', '0.7', '--hits-per-document-max', '2');
  await create('--section-tokens-max', '600');
  printed.out = '';
  await run('pairing', 'list');
  expect(printed.out).toMatch(/ sum 0\.4 /);
  expect(printed.out).toContain('rrf 0.4 (k 60), MMR 0.7, 2 a document');
  expect(printed.out).toContain('sum 0.4, sections of 600');
});
