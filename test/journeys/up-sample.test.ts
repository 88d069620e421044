import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Answer } from '#domain/answer.ts';
import { type CommandLine, createCommandLine } from './command-line.ts';
import { SEABIRDS, type SmallSite, serveSmallSite } from './small-site.ts';

/** Where the sample is served when nobody else is there. */
const USUAL_PORT = 8788;

type Brought = {
  readonly epoch: string;
  readonly crawls: readonly {
    readonly source: string;
    readonly counts: Readonly<Record<string, number>>;
  }[];
  readonly counts: { readonly added: number; readonly closed: number; readonly embedded: number };
  readonly snapshot: string;
  readonly pairing: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly answer: Answer;
};

let holder: Server;
let lockstep: CommandLine;
let site: SmallSite;
let first: Brought;

beforeAll(async () => {
  // Held by us or by anyone else: the sample has to find another port, and to keep to it.
  holder = createServer((_, response) => response.writeHead(404).end());
  await new Promise((resolve) => {
    holder.once('error', resolve).listen(USUAL_PORT, '127.0.0.1', () => resolve(null));
  });
  site = await serveSmallSite(SEABIRDS);
  lockstep = createCommandLine();
  first = await lockstep.json<Brought>('up', '--once');
}, 120_000);
afterAll(async () => {
  lockstep.remove();
  holder.close();
  await site.close();
});

it('brings the sample up from nothing: an epoch, datasets, metrics, a cited answer', async () => {
  expect(first.epoch).toBe('posts@v1#1');
  expect(first.crawls).toMatchObject([{ source: 'sample' }]);
  expect(first.counts.embedded).toBe(first.counts.added);
  expect(first.metrics.questions).toBeGreaterThan(50);
  expect(first.metrics.failed).toBe(0);
  expect(first.metrics.recallAt5).toBeGreaterThan(0.7);
  const { answer } = first;
  if (answer.kind !== 'answered') throw new Error(`the sample question got ${answer.kind}`);
  expect(answer.text).toContain('26,000');
  expect(answer.provenance).toMatchObject({ pairingId: first.pairing, epoch: 1 });
  const [citation] = answer.citations;
  expect(citation?.url).toContain('/posts/');
  expect(new URL(citation?.url ?? '').port).not.toBe(String(USUAL_PORT));

  type Built = { readonly kind: string; readonly snapshotId: string };
  const datasets = await lockstep.json<readonly Built[]>('dataset', 'list');
  expect(datasets.map(({ kind }) => kind).sort()).toEqual(['instruct', 'retrieval']);
  expect(new Set(datasets.map(({ snapshotId }) => snapshotId))).toEqual(new Set([first.snapshot]));
}, 60_000);

it('finds everything done when it runs again', async () => {
  const again = await lockstep.json<Brought>('up', '--once');
  expect(again.epoch).toBe('posts@v1#1');
  expect(again.pairing).toBe(first.pairing);
  expect(again.metrics).toEqual(first.metrics);
  expect(again.counts).toMatchObject({ added: 0, closed: 0, embedded: 0 });
  const counts = again.crawls[0]?.counts ?? {};
  expect(counts.fetched ?? 0).toBe(0);
  expect(counts.unchanged).toBeGreaterThanOrEqual(first.crawls[0]?.counts.fetched ?? 1);
  expect(await lockstep.json('history')).toHaveLength(1);
}, 60_000);

it('crawls the sample by the command alone, though nobody keeps it served', async () => {
  const { crawls, epoch } = await lockstep.json<Pick<Brought, 'crawls'> & { epoch: unknown }>(
    'crawl',
  );
  expect(crawls).toMatchObject([{ source: 'sample' }]);
  expect(epoch).toBeNull();
}, 60_000);

it('keeps the sample until a site of one’s own has given documents, and no longer', async () => {
  const refused = await lockstep.refused('up', 'http://127.0.0.1:1/', '--once');
  expect(refused.code).toBe('unreachable');
  const kept = await lockstep.json<Answer>('ask', 'How many chunks a second does Sieveling do?');
  expect(kept.hits.length).toBeGreaterThan(0);

  const own = await lockstep.json<Brought>('up', `${site.site.origin}/`, '--once');
  const origins = new Set(own.answer.hits.map(({ url }) => new URL(url).origin));
  expect([...origins]).toEqual([site.site.origin]);
  const { crawls } = await lockstep.json<Pick<Brought, 'crawls'>>('crawl');
  expect(crawls.map(({ source }) => source)).toEqual([
    new URL(site.site.origin).host.replace(':', '-'),
  ]);
}, 60_000);
