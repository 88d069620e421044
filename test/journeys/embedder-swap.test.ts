import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Answer } from '#domain/answer.ts';
import { type CommandLine, createCommandLine } from './command-line.ts';
import { SEABIRDS, type SmallSite, serveSmallSite } from './small-site.ts';

const SHIPPED = 'models/lockstep-static-en-v1';
const TERN = 'How many entries does the Tern cache hold?';

let models: string;
let site: SmallSite;
let lockstep: CommandLine;

beforeAll(async () => {
  models = mkdtempSync(join(tmpdir(), 'lockstep-models-'));
  cpSync(SHIPPED, join(models, 'mine'), { recursive: true });
  site = await serveSmallSite(SEABIRDS);
  lockstep = createCommandLine({ LOCKSTEP_EMBEDDER: `static:${join(models, 'mine')}` });
  await lockstep.json('up', `${site.site.origin}/`, '--once');
}, 60_000);
afterAll(async () => {
  lockstep.remove();
  rmSync(models, { recursive: true, force: true });
  await site.close();
});

/** The same table with its rows in another order: every text gets another vector. */
function shuffleRows(file: string): void {
  const bytes = readFileSync(file);
  // Safetensors: the length of the header, the header, the table.
  const begin = 8 + Number(bytes.readBigUInt64LE(0));
  const half = (bytes.length - begin) / 2;
  const table = bytes.subarray(begin);
  const turned = Buffer.concat([table.subarray(half), table.subarray(0, half)]);
  writeFileSync(file, Buffer.concat([bytes.subarray(0, begin), turned]));
}

it('answers from a view with the embedder it was built by, whatever is configured now', async () => {
  cpSync(SHIPPED, join(models, 'another'), { recursive: true });
  shuffleRows(join(models, 'another', 'model.safetensors'));
  const later = createCommandLine({
    LOCKSTEP_DATA: lockstep.folder,
    LOCKSTEP_EMBEDDER: `static:${join(models, 'another')}`,
  });
  try {
    expect((await later.json<Answer>('ask', TERN)).text).toContain('41 entries');
  } finally {
    later.remove();
  }
}, 60_000);

it('refuses to serve, and to answer, once the weights in the folder are others', async () => {
  const before = await lockstep.json('view', 'show', 'posts');
  shuffleRows(join(models, 'mine', 'model.safetensors'));
  for (const command of [
    ['serve', '--port', '0'],
    ['ask', TERN],
  ]) {
    const refused = await lockstep.refused(...command);
    expect(refused).toMatchObject({ exit: 1, code: 'embedding_space_mismatch', out: '' });
    expect(refused.message).toContain('posts@v1');
    expect(refused.message).toContain('Restore the embedder');
  }
  expect((await lockstep.run('doctor')).out).toContain('✗  view posts@v1');
  expect(await lockstep.json('view', 'show', 'posts')).toEqual(before);
}, 60_000);

it('names the file that a folder lacks, and the setting', async () => {
  rmSync(join(models, 'mine', 'tokenizer.json'));
  const refused = await lockstep.refused('ask', TERN);
  expect(refused).toMatchObject({ exit: 2, code: 'invalid_config', param: 'LOCKSTEP_EMBEDDER' });
  expect(refused.message).toContain(join(models, 'mine', 'tokenizer.json'));
  expect((await lockstep.run('doctor')).out).toContain('tokenizer.json');
}, 60_000);
