import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { Readability } from '@mozilla/readability';
import { load } from 'cheerio';
import { Parser } from 'htmlparser2';
import { JSDOM, VirtualConsole } from 'jsdom';
import { DOMParser } from 'linkedom';
import { marked } from 'marked';
import { createPageReader } from '#adapters/page-reader/page-reader.ts';
import { systemClock } from '#adapters/system/system.ts';
import { decodeHtml } from '#features/extract/decode.ts';
import { extractPage } from '#features/extract/extract.ts';
import type { RawPage } from '#ports/page-fetcher.ts';
import { GIVEN_UP, READ_ON } from '../../test/features/extract/hostile-pages.ts';

/**
 * `node scripts/bench/extract.ts [--folder F] [--rounds N] [--worst] [--hostile] [--quick]`: main
 * content of real pages against hand-marked text, ours beside plain Readability on linkedom,
 * interleaved in one run; then Readability on jsdom and LangChain's CheerioWebBaseLoader (its
 * `loadFromUrl`'s cheerio and the text of the body), once each, unless `--quick`. Score: multisets of
 * word 4-grams of the text that a reader sees (what is in images is no text), precision, recall and
 * F1 per page, averaged. Rates are by processor time, of all rounds but the first when there are
 * more; at last ours through two reading threads, by the clock. `--worst` names the pages that score
 * least, `--hostile` times the pages that are made to cost time.
 */
const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: '../shared/data/extraction' },
    rounds: { type: 'string', default: '3' },
    worst: { type: 'boolean', default: false },
    hostile: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
  },
});

type Page = {
  readonly id: string;
  readonly url: string;
  readonly body: Uint8Array;
  readonly expected: string;
};
type Extractor = (page: Page) => string;
type Score = { readonly precision: number; readonly recall: number; readonly f1: number };

function readPages(folder: string): readonly Page[] {
  const truth = JSON.parse(readFileSync(`${folder}/ground-truth.json`, 'utf8')) as Record<
    string,
    { readonly articleBody: string; readonly url: string }
  >;
  return Object.entries(truth).map(([id, { articleBody, url }]) => ({
    id,
    url,
    expected: articleBody,
    body: gunzipSync(readFileSync(`${folder}/html/${id}.html.gz`)),
  }));
}

const rawOf = ({ url, body }: Pick<Page, 'url' | 'body'>): RawPage => ({
  stage: 'raw',
  url,
  status: 200,
  body,
  contentType: 'text/html',
  etag: null,
  lastModified: null,
  robotsTag: '',
});

const ours = (page: Pick<Page, 'url' | 'body'>): string => extractPage(rawOf(page)).markdown;

const readabilityOnJsdom: Extractor = ({ url, body }) => {
  // Errors of style sheets are not what is measured.
  const { window } = new JSDOM(decodeHtml(body, 'text/html'), {
    url,
    virtualConsole: new VirtualConsole(),
  });
  const content = new Readability(window.document).parse()?.content ?? '';
  window.close();
  return content;
};

/** What `CheerioWebBaseLoader.load` makes of a page once it is fetched. */
const langchainText: Extractor = ({ body }) => load(decodeHtml(body, 'text/html'))('body').text();

const plainReadability: Extractor = ({ body }) => {
  const document = new DOMParser().parseFromString(decodeHtml(body, 'text/html'), 'text/html');
  return new Readability(document as never).parse()?.content ?? '';
};

const INLINE = new Set(
  'a abbr b bdi cite code del em i ins kbd mark q s small span strong sub sup u'.split(' '),
);

/** What a reader sees of HTML: blocks on lines of their own. */
function seenText(html: string): string {
  const pieces: string[] = [];
  const separate = (name: string) => {
    if (!INLINE.has(name)) pieces.push('\n');
  };
  const parser = new Parser({
    ontext: (text) => pieces.push(text),
    onopentag: separate,
    onclosetag: separate,
  });
  parser.end(html);
  return pieces.join('');
}

const GRAM_LENGTH = 4;

function gramsOf(text: string): ReadonlyMap<string, number> {
  const words = text.match(/[\p{L}\p{N}_]+/gu) ?? [];
  const grams = new Map<string, number>();
  const count = words.length === 0 ? 0 : Math.max(1, words.length - GRAM_LENGTH + 1);
  for (let at = 0; at < count; at += 1) {
    const gram = words.slice(at, at + GRAM_LENGTH).join(' ');
    grams.set(gram, (grams.get(gram) ?? 0) + 1);
  }
  return grams;
}

function scoreOf(text: string, expected: string): Score {
  const [got, wanted] = [gramsOf(text), gramsOf(expected)];
  const total = (grams: ReadonlyMap<string, number>) =>
    [...grams.values()].reduce((sum, count) => sum + count, 0);
  let common = 0;
  for (const [gram, count] of got) common += Math.min(count, wanted.get(gram) ?? 0);
  const precision = total(got) === 0 ? 0 : common / total(got);
  const recall = total(wanted) === 0 ? 0 : common / total(wanted);
  return {
    precision,
    recall,
    f1: common === 0 ? 0 : (2 * precision * recall) / (precision + recall),
  };
}

const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

const contenders: readonly { name: string; extract: Extractor; render(out: string): string }[] = [
  { name: 'lockstep', extract: ours, render: (out) => seenText(marked.parse(out) as string) },
  { name: 'readability on linkedom', extract: plainReadability, render: seenText },
];

const pages = readPages(values.folder);
const rounds = Number(values.rounds);
const spentMs = contenders.map(() => 0);
const slowestMs = contenders.map(() => 0);
const scores: Score[][] = contenders.map(() => []);

/** Processor time so far: on a machine that does other things as well, a clock says nothing. */
const processorMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

for (let round = 0; round < rounds; round += 1) {
  for (const page of pages) {
    for (const [at, { extract, render }] of contenders.entries()) {
      const start = processorMs();
      const out = extract(page);
      const took = processorMs() - start;
      if (round === 0) scores[at]?.push(scoreOf(render(out), page.expected));
      if (round === 0 && rounds > 1) continue;
      spentMs[at] = (spentMs[at] ?? 0) + took;
      slowestMs[at] = Math.max(slowestMs[at] ?? 0, took);
    }
  }
}

const line = (cells: readonly string[]) =>
  process.stdout.write(`${cells.map((cell) => cell.padEnd(26)).join('')}\n`);
line(['extractor', 'F1 / precision / recall', 'pages/s on one core', 'slowest page, ms']);
for (const [at, { name }] of contenders.entries()) {
  const own = scores[at] ?? [];
  const figures = (['f1', 'precision', 'recall'] as const).map((key) =>
    mean(own.map((score) => score[key])).toFixed(4),
  );
  const rate = (pages.length * Math.max(1, rounds - 1) * 1_000) / (spentMs[at] ?? 0);
  line([name, figures.join(' / '), rate.toFixed(1), (slowestMs[at] ?? 0).toFixed(0)]);
}
if (!values.quick) {
  const slow = [
    { name: 'readability on jsdom', extract: readabilityOnJsdom, render: seenText },
    { name: 'langchain body text', extract: langchainText, render: (text: string) => text },
  ];
  for (const { name, extract, render } of slow) {
    const start = processorMs();
    const outs = pages.map((page) => extract(page));
    const took = processorMs() - start;
    const own = outs.map((out, at) => scoreOf(render(out), pages[at]?.expected ?? ''));
    const figures = (['f1', 'precision', 'recall'] as const).map((key) =>
      mean(own.map((score) => score[key])).toFixed(4),
    );
    line([name, figures.join(' / '), ((pages.length * 1_000) / took).toFixed(1), '']);
  }
}

/** Ours as the crawl reads: two threads, warm, by the clock. */
async function readInThreads(): Promise<number> {
  const reader = createPageReader({
    entry: new URL('../../src/features/extract/extract-worker.ts', import.meta.url),
    workersMax: 2,
    timeMsMax: 10_000,
    memoryMbMax: 512,
    clock: systemClock,
  });
  const { signal } = new AbortController();
  const readAll = () => Promise.all(pages.map((page) => reader.read(rawOf(page), signal)));
  await readAll();
  const start = performance.now();
  await readAll();
  const took = performance.now() - start;
  await reader.close();
  return (pages.length * 1_000) / took;
}
process.stdout.write(`lockstep in two threads: ${(await readInThreads()).toFixed(1)} pages/s\n`);

if (values.worst) {
  const ranked = pages
    .map((page, at) => ({ page, ours: scores[0]?.[at]?.f1 ?? 0, theirs: scores[1]?.[at]?.f1 ?? 0 }))
    .sort((a, b) => a.ours - b.ours);
  for (const { page, ours: own, theirs } of ranked.slice(0, 25)) {
    line([own.toFixed(3), theirs.toFixed(3), page.id.slice(0, 12), page.url]);
  }
}

if (values.hostile) {
  const timed = [...GIVEN_UP, ...READ_ON].map(([name, html]) => {
    const body = new TextEncoder().encode(html());
    const start = processorMs();
    ours({ url: 'https://hostile.example/', body });
    return { name, took: processorMs() - start };
  });
  line(['hostile page', 'ms of one core']);
  for (const { name, took } of timed.sort((a, b) => b.took - a.took)) line([name, took.toFixed(0)]);
}
