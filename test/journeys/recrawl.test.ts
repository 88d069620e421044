import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Answer } from '#domain/answer.ts';
import { type CommandLine, createCommandLine } from './command-line.ts';
import { type Post, type SmallSite, serveSmallSite } from './small-site.ts';

const filler = (topic: string): string =>
  `${topic} is worth a post of its own because teams meet it every week and rarely write down what ` +
  `they did about it. This paragraph says in plain words how ${topic} came up, who noticed it first, ` +
  'what was tried in vain, and which of the remedies is still in place after a year of daily use.';

const POSTS: readonly Post[] = [
  [
    'tern',
    'The Tern cache',
    [
      filler('the Tern cache'),
      'The Tern cache holds 41 entries for nine minutes.',
      '## Eviction',
      filler('evicting entries'),
    ],
  ],
  [
    'gull',
    'The Gull queue',
    [
      filler('the Gull queue'),
      'The Gull queue drains in 17 seconds on a quiet day.',
      '## Retries',
      filler('retrying messages'),
    ],
  ],
  [
    'puffin',
    'The Puffin store',
    [filler('the Puffin store'), 'The Puffin store keeps 88 shards on three disks.'],
  ],
];

type Crawl = {
  readonly crawls: readonly { readonly counts: Readonly<Record<string, number>> }[];
  readonly epoch: { readonly number: number; readonly documents: number } | null;
  readonly counts: {
    readonly added: number;
    readonly closed: number;
    readonly embedded: number;
    readonly kept: number;
  };
};

let site: SmallSite;
let lockstep: CommandLine;
beforeAll(async () => {
  site = await serveSmallSite(POSTS);
  lockstep = createCommandLine();
  await lockstep.json('source', 'add', `${site.site.origin}/`, '--name', 'small');
}, 60_000);
afterAll(async () => {
  lockstep.remove();
  await site.close();
});

it('re-crawls as a diff, publishes whole epochs, and keeps the old ones answerable', async () => {
  const first = await lockstep.json<Crawl>('crawl');
  expect(first.epoch).toMatchObject({ number: 1, documents: 3 });
  await lockstep.json('prompt', 'register');
  await lockstep.json('model', 'register', 'extractive', '--name', 'extractive');
  const pairing = await lockstep.json<{ id: string }>('pairing', 'create');
  await lockstep.json('promote', pairing.id, '--unevaluated');
  const tern = 'How many entries does the Tern cache hold?';
  expect((await lockstep.json<Answer>('ask', tern)).text).toContain('41 entries');

  const asked = site.site.requests().length;
  const again = await lockstep.json<Crawl>('crawl');
  expect(again.epoch).toBeNull();
  expect(again.counts).toMatchObject({ added: 0, closed: 0, embedded: 0 });
  const repeats = site.site
    .requests()
    .slice(asked)
    .filter(({ path }) => path !== '/robots.txt');
  expect(repeats.filter(({ status }) => status === 200)).toEqual([]);

  site.write('tern', 'The Tern cache', [
    filler('the Tern cache'),
    'The Tern cache holds 63 entries for nine minutes.',
    '## Eviction',
    filler('evicting entries'),
  ]);
  site.remove('gull');
  site.write('skua', 'The Skua index', [
    filler('the Skua index'),
    'The Skua index is rebuilt every 29 hours.',
  ]);
  const second = await lockstep.json<Crawl>('crawl');
  expect(second.epoch).toMatchObject({ number: 2, documents: 3 });
  expect(second.crawls[0]?.counts).toMatchObject({ new: 1, changed: 1, closed: 1 });
  expect(second.counts.kept).toBeGreaterThan(0);

  const now = await lockstep.json<Answer>('ask', tern);
  expect(now.text).toContain('63 entries');
  expect(now.provenance.epoch).toBe(2);
  const before = await lockstep.json<Answer>('ask', tern, '--epoch', '1');
  expect(before.text).toContain('41 entries');
  expect(before.provenance.epoch).toBe(1);
  const gull = 'In how many seconds does the Gull queue drain?';
  expect((await lockstep.json<Answer>('ask', gull, '--epoch', 'posts@v1#1')).text).toContain(
    '17 seconds',
  );
  const gone = await lockstep.json<Answer>('ask', gull);
  expect(gone.hits.map(({ url }) => url)).not.toContain(`${site.site.origin}/gull`);
}, 120_000);
